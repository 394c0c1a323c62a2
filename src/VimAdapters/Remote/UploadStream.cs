using Grpc.Core;
using Mano.Vim.V1;

namespace Mano.VimAdapters.Remote;

/// <summary>The content messages of an upload, read as one stream.</summary>
internal sealed class UploadStream(IAsyncStreamReader<EnsureImageRequest> messages) : Stream
{
    private ReadOnlyMemory<byte> left;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (left.IsEmpty)
        {
            if (!await messages.MoveNext(cancellationToken))
            {
                return 0;
            }

            left = messages.Current.Content.Memory;
        }

        var size = Math.Min(left.Length, buffer.Length);
        left[..size].CopyTo(buffer);
        left = left[size..];
        return size;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Messages are read asynchronously.");

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
