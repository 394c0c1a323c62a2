using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using Grpc.Core;

namespace Mano.GrpcRuntime.Internal;

/// <summary>
/// Writes one message with its five byte header. Where the marshaller says the length first and nothing is compressed, the bytes go
/// straight into the target; else they are gathered in a pooled buffer.
/// </summary>
internal sealed class FrameWriter : SerializationContext, IBufferWriter<byte>
{
    // Marshallers are synchronous, so one writer a thread is enough and a call costs none.
    [ThreadStatic]
    private static FrameWriter? t_cached;

    [ThreadStatic]
    private static PooledBuffer? t_frame;

    private IBufferWriter<byte> _target = null!;
    private PooledBuffer? _gathered;
    private bool _compress;
    private CompressionLevel _level;
    private int? _maxSize;
    private int _declared;
    private int _written;
    private bool _direct;
    private bool _complete;

    /// <summary>Writes a message as a frame.</summary>
    /// <exception cref="RpcException">RESOURCE_EXHAUSTED: larger than the limit; nothing is written then.</exception>
    public static void Write<T>(
        IBufferWriter<byte> target, T message, Action<T, SerializationContext> serializer, int? maxSize, bool compress = false, CompressionLevel level = default)
    {
        var writer = t_cached ?? new FrameWriter();
        t_cached = null;
        writer.Begin(target, maxSize, compress, level);
        try
        {
            serializer(message, writer);
            if (!writer._complete)
            {
                throw new InvalidOperationException("The marshaller returned without completing the message.");
            }
        }
        catch (Exception ex) when (writer._direct && ex is not RpcException)
        {
            throw new BrokenFrameException(ex);
        }
        finally
        {
            writer._gathered?.Dispose();
            writer._gathered = null;
            writer._target = null!;
            t_cached = writer;
        }
    }

    /// <summary>A message as a frame, in an array of the shared pool that is the caller's to give back.</summary>
    /// <exception cref="RpcException">RESOURCE_EXHAUSTED: larger than the limit.</exception>
    public static ArraySegment<byte> Frame<T>(T message, Action<T, SerializationContext> serializer, int? maxSize, bool compress)
    {
        var target = t_frame ?? new PooledBuffer();
        t_frame = null;
        try
        {
            Write(target, message, serializer, maxSize, compress);
            return target.Detach();
        }
        finally
        {
            target.Dispose();
            t_frame = target;
        }
    }

    public override void SetPayloadLength(int payloadLength)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(payloadLength);
        Check(payloadLength);
        _declared = payloadLength;
    }

    public override IBufferWriter<byte> GetBufferWriter()
    {
        if (_declared >= 0 && !_compress && !_direct)
        {
            WriteHeader(_declared);
            _direct = true;
        }
        else if (!_direct)
        {
            _gathered ??= new PooledBuffer(_declared > 0 ? _declared : 256);
        }

        return this;
    }

    public override void Complete()
    {
        if (_direct)
        {
            if (_written != _declared)
            {
                throw new InvalidOperationException($"The marshaller declared {_declared} bytes and wrote {_written}.");
            }
        }
        else
        {
            WriteWhole(_gathered is null ? default : _gathered.Written.Span);
        }

        _complete = true;
    }

    public override void Complete(byte[] payload)
    {
        if (_direct || _gathered is not null)
        {
            throw new InvalidOperationException("The marshaller gave a whole message after writing into the buffers.");
        }

        WriteWhole(payload);
        _complete = true;
    }

    public void Advance(int count)
    {
        _written += count;
        Inner.Advance(count);
    }

    public Memory<byte> GetMemory(int sizeHint = 0) => Inner.GetMemory(sizeHint);

    public Span<byte> GetSpan(int sizeHint = 0) => Inner.GetSpan(sizeHint);

    private IBufferWriter<byte> Inner => _direct ? _target : _gathered!;

    private void Begin(IBufferWriter<byte> target, int? maxSize, bool compress, CompressionLevel level)
    {
        _target = target;
        _maxSize = maxSize;
        _compress = compress;
        _level = level;
        _declared = -1;
        _written = 0;
        _direct = false;
        _complete = false;
    }

    private void WriteWhole(ReadOnlySpan<byte> message)
    {
        Check(message.Length);
        if (!_compress)
        {
            WriteHeader(message.Length);
            _target.Write(message);
            return;
        }

        using var packed = new PooledBuffer(Math.Max(message.Length / 2, 64));
        GzipMessages.Compress(message, _level, packed);
        WriteHeader(packed.Length);
        _target.Write(packed.Written.Span);
    }

    private void Check(int size)
    {
        if (size > _maxSize)
        {
            throw Failures.SentTooLarge(size, _maxSize.Value);
        }
    }

    private void WriteHeader(int length)
    {
        var header = _target.GetSpan(GrpcProtocol.FrameHeaderLength);
        header[0] = _compress ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteUInt32BigEndian(header[1..], (uint)length);
        _target.Advance(GrpcProtocol.FrameHeaderLength);
    }
}

/// <summary>A marshaller failed after part of its message went into the stream: the stream is of no use any more.</summary>
internal sealed class BrokenFrameException(Exception cause) : Exception($"A message could not be written whole: {cause.Message}", cause);
