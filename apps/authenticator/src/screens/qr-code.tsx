import { useEffect, useState } from 'react';
import { t } from '../texts/texts.ts';
import { Notice } from './pieces.tsx';

/** A QR code, dark on white in both schemes, since cameras expect that. What draws it is loaded when it is first needed. */
export function QrCode({ text, label }: { text: string; label: string }) {
  const [drawn, setDrawn] = useState<{ size: number; path: string }>();
  const [tooLong, setTooLong] = useState(false);
  useEffect(() => {
    let current = true;
    void import('@countersign/ui/qr-path').then(({ qrPath }) => {
      if (!current) return;
      try {
        setDrawn(qrPath(text));
      } catch {
        // The library refuses nothing but what does not fit.
        setTooLong(true);
      }
    });
    return () => {
      current = false;
    };
  }, [text]);
  if (tooLong) return <Notice kind="error">{t.codes.qrTooLong}</Notice>;
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
