using System.Buffers;
using Grpc.Core;
using Mano.GrpcRuntime.Internal;

namespace Mano.GrpcRuntime.Client;

/// <summary>What has arrived of a response and was not taken yet, in one pooled buffer that grows with what arrives and not with what is announced.</summary>
internal struct ReceivedBytes
{
    private const int FirstBuffer = 4096;

    private byte[]? _buffer;
    private int _start;
    private int _end;

    /// <summary>Whether all that arrived has been taken.</summary>
    public readonly bool IsEmpty => _start == _end;

    /// <summary>Takes the next message if it is there in whole.</summary>
    /// <exception cref="RpcException">The bytes break a rule, or the message is too large.</exception>
    public bool TryTake<T>(Func<DeserializationContext, T> deserializer, bool mayBePacked, int? maxSize, out T? message)
    {
        var arrived = new ReadOnlySequence<byte>(_buffer ?? [], _start, _end - _start);
        var whole = FrameReader.TryRead(arrived, deserializer, mayBePacked, maxSize, out message, out var consumed);
        _start += (int)consumed;
        return whole;
    }

    /// <summary>Where the next bytes go; then <see cref="Add"/>.</summary>
    public Memory<byte> Room()
    {
        var held = _end - _start;
        if (held == 0)
        {
            _start = _end = 0;
        }

        if (_buffer is null || _end == _buffer.Length)
        {
            _buffer = WithRoom(_buffer ?? [], held);
            _start = 0;
            _end = held;
        }

        return _buffer.AsMemory(_end);
    }

    /// <summary>So many bytes have arrived in <see cref="Room"/>.</summary>
    public void Add(int count) => _end += count;

    /// <summary>Gives the buffer back; not while a read is under way.</summary>
    public void Release()
    {
        if (_buffer is not null)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
        }

        this = default;
    }

    private readonly byte[] WithRoom(byte[] buffer, int held)
    {
        if (_start > 0 && held <= buffer.Length / 2)
        {
            buffer.AsSpan(_start, held).CopyTo(buffer);
            return buffer;
        }

        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(FirstBuffer, buffer.Length * 2));
        buffer.AsSpan(_start, held).CopyTo(larger);
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return larger;
    }
}
