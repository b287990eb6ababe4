import { Button, FileButton, Group, Radio, Stack, Text, Textarea, TextInput } from '@mantine/core';
import type { SamlMetadata } from '@countersign/protocol/wire';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { Callout } from '../layout/callout.tsx';
import { Failure } from '../layout/failure.tsx';
import { readSamlMetadata } from '../server/admin-api.ts';
import { problemAt } from './problem.ts';
import { ServiceProviderFacts } from './service-provider-facts.tsx';

type Way = 'address' | 'file' | 'text';

/** The metadata of an application, by address, file or text: read by the server and shown, before anything is kept. */
export function MetadataField(props: {
  address?: string;
  read: SamlMetadata | undefined;
  onRead: (read: SamlMetadata | undefined) => void;
}) {
  const { address = '', read, onRead } = props;
  const [way, setWay] = useState<Way>('address');
  const [url, setUrl] = useState(address);
  const [text, setText] = useState('');
  const reading = useMutation({
    mutationFn: readSamlMetadata,
    onMutate: () => onRead(undefined),
    onSuccess: onRead,
  });
  const problem = problemAt(reading.error, '/saml');
  const anew = () => {
    reading.reset();
    onRead(undefined);
  };
  const chooseFile = (file: File | null) => {
    if (file) void file.text().then((metadata) => reading.mutate({ metadata }));
  };
  return (
    <Stack gap="md">
      <Radio.Group
        label="Metadata of the application"
        description="What it says of itself, an XML file. Its documentation says where it is."
        value={way}
        onChange={(value) => {
          setWay(value);
          anew();
        }}
      >
        <Group mt="xs">
          <Radio value="address" label="From its address" />
          <Radio value="file" label="From a file" />
          <Radio value="text" label="As text" />
        </Group>
      </Radio.Group>
      {way === 'address' && (
        <TextInput
          label="Address of the metadata"
          description="Read once, by this server: one that only your own network reaches has to come as a file."
          type="url"
          value={url}
          onChange={(event) => {
            setUrl(event.currentTarget.value);
            anew();
          }}
          spellCheck={false}
        />
      )}
      {way === 'text' && (
        <Textarea
          label="Text of the metadata"
          value={text}
          onChange={(event) => {
            setText(event.currentTarget.value);
            anew();
          }}
          minRows={5}
          maxRows={12}
          autosize
          spellCheck={false}
        />
      )}
      <div>
        {way === 'file' ? (
          <FileButton
            accept=".xml,application/xml,text/xml,application/samlmetadata+xml"
            onChange={chooseFile}
          >
            {(button) => (
              <Button variant="default" loading={reading.isPending} {...button}>
                Choose the file
              </Button>
            )}
          </FileButton>
        ) : (
          <Button
            variant="default"
            loading={reading.isPending}
            disabled={(way === 'address' ? url : text).trim() === ''}
            onClick={() =>
              reading.mutate(way === 'address' ? { metadata_url: url.trim() } : { metadata: text })
            }
          >
            Read the metadata
          </Button>
        )}
      </div>
      {problem !== undefined ? (
        <Callout tone="danger" role="alert" title="These metadata cannot be used.">
          {problem}
        </Callout>
      ) : (
        reading.error && <Failure error={reading.error} what="The metadata were not read." />
      )}
      <div role="status">
        {read && (
          <Callout tone="info" title="This is what was read. Compare it with what the application says.">
            <Stack gap="sm" mt="xs">
              <Text size="sm">Nothing is kept before you go on.</Text>
              <ServiceProviderFacts said={read} />
            </Stack>
          </Callout>
        )}
      </div>
    </Stack>
  );
}
