import { useEffect, useState } from 'react';

/** A QR code, dark on white in both schemes, since cameras expect that. What draws it is loaded when it is first needed. */
export function QrCode({ text, label }: { text: string; label: string }) {
  const [drawn, setDrawn] = useState<{ size: number; path: string }>();
  useEffect(() => {
    let current = true;
    void import('@countersign/ui/qr-path').then(({ qrPath }) => current && setDrawn(qrPath(text)));
    return () => {
      current = false;
    };
  }, [text]);
  return (
    <div className="qr">
      {drawn && (
        <svg
          viewBox={`0 0 ${drawn.size} ${drawn.size}`}
          role="img"
          aria-label={label}
          shapeRendering="crispEdges"
        >
          <path d={drawn.path} fill="#000000" />
        </svg>
      )}
    </div>
  );
}
