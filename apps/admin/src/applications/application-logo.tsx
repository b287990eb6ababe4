import { Avatar } from '@mantine/core';

/** Its logo, or the first letter of its name. The name always stands beside it. */
export function ApplicationLogo({
  application: { name, logo_uri },
  size = 32,
}: {
  application: { name: string; logo_uri: string | null };
  size?: number;
}) {
  return (
    <Avatar
      src={logo_uri}
      alt=""
      size={size}
      radius="md"
      color="gray"
      aria-hidden
      imageProps={{ style: { objectFit: 'contain' } }}
    >
      {name.trim().charAt(0).toUpperCase()}
    </Avatar>
  );
}
