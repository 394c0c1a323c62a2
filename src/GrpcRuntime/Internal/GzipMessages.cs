using System.Buffers;
using System.IO.Compression;
using Grpc.Core;

namespace Mano.GrpcRuntime.Internal;

/// <summary>One message in and out of gzip.</summary>
internal static class GzipMessages
{
    /// <summary>Largest step in which unpacked data is taken in: a bomb is noticed one step after the limit.</summary>
    private const int Step = 16 * 1024;

    public static void Compress(ReadOnlySpan<byte> message, CompressionLevel level, PooledBuffer into)
    {
        using var sink = new BufferStream(into);
        using var gzip = new GZipStream(sink, level, leaveOpen: true);
        gzip.Write(message);
    }

    /// <summary>Unpacks a message; what it unpacks to is bounded by the receive limit, whatever the packed bytes claim.</summary>
    /// <exception cref="RpcException">RESOURCE_EXHAUSTED past the limit, INTERNAL for what is no gzip.</exception>
    public static PooledBuffer Decompress(in ReadOnlySequence<byte> packed, int? maxSize)
    {
        var length = checked((int)packed.Length);
        var copy = ArrayPool<byte>.Shared.Rent(Math.Max(length, 1));
        var unpacked = new PooledBuffer(Step);
        try
        {
            packed.CopyTo(copy);
            using var source = new MemoryStream(copy, 0, length, writable: false);
            using var gzip = new GZipStream(source, CompressionMode.Decompress);
            while (true)
            {
                var read = gzip.Read(unpacked.GetSpan(Step)[..Step]);
                if (read == 0)
                {
                    return length == 0 ? throw new InvalidDataException("no data") : unpacked;
                }

                unpacked.Advance(read);
                if (unpacked.Length > maxSize)
                {
                    throw Failures.ReceivedTooLarge(maxSize.Value, "once unpacked");
                }
            }
        }
        catch (Exception ex)
        {
            unpacked.Dispose();
            if (ex is InvalidDataException)
            {
                throw new RpcException(new Status(StatusCode.Internal, "A message says it is gzip, and is not.", ex));
            }

            throw;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(copy);
        }
    }

    private sealed class BufferStream(PooledBuffer target) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Write(byte[] buffer, int offset, int count) => target.Write(buffer.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> buffer) => target.Write(buffer);

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
