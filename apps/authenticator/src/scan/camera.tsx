import { useEffect, useRef, useState } from 'react';
import { SaidError } from '../server/failure.ts';
import { t } from '../texts/texts.ts';
import { loadScanner } from './picture.ts';

/** The live picture of the camera, read until `onText` takes a code. */
export function Camera({
  onText,
  onUnavailable,
}: {
  onText: (text: string) => void;
  onUnavailable: (why: string) => void;
}) {
  const video = useRef<HTMLVideoElement>(null);
  const [ready, setReady] = useState(false);
  const callbacks = useRef({ onText, onUnavailable });
  callbacks.current = { onText, onUnavailable };

  useEffect(() => {
    let stopped = false;
    let stream: MediaStream | undefined;
    void (async () => {
      try {
        stream = await navigator.mediaDevices.getUserMedia({
          video: { facingMode: 'environment', width: { ideal: 1280 } },
        });
        if (stopped || !video.current) return stream.getTracks().forEach((track) => track.stop());
        video.current.srcObject = stream;
        await video.current.play();
        setReady(true);
        const { readQrCodes } = await loadScanner();
        while (!stopped && video.current) {
          const [text] = video.current.readyState >= 2 ? await readQrCodes(video.current) : [];
          if (text !== undefined && !stopped) callbacks.current.onText(text);
          await new Promise((resolve) => setTimeout(resolve, 150));
        }
      } catch (error) {
        if (!stopped) callbacks.current.onUnavailable(reasonOf(error));
      }
    })();
    return () => {
      stopped = true;
      stream?.getTracks().forEach((track) => track.stop());
    };
  }, []);

  return (
    <div className="viewfinder">
      <video ref={video} muted playsInline aria-label={t.add.cameraLabel} />
      <div className="viewfinder-frame" aria-hidden="true" />
      <p className="viewfinder-hint" role="status">
        {ready ? t.add.cameraReady : t.add.cameraOpening}
      </p>
    </div>
  );
}

function reasonOf(error: unknown): string {
  if (error instanceof SaidError) return error.message;
  const { name } = error as Error;
  if (name === 'NotAllowedError') return t.add.cameraDenied;
  if (name === 'NotFoundError' || name === 'TypeError') return t.add.cameraNone;
  return t.add.cameraFailed;
}
