using System.Buffers;
using System.Runtime.CompilerServices;
using Grpc.Core;
using Mano.GrpcRuntime.Internal;

namespace Mano.GrpcRuntime.Client;

/// <summary>The messages of a response, one by one, through one pooled buffer that grows with what arrives and not with what is announced.</summary>
internal sealed class ResponseReader<T>(Stream body, Func<DeserializationContext, T> deserializer, string? encoding, int? maxSize)
    where T : class
{
    private const int FirstBuffer = 4096;

    private byte[] _buffer = [];
    private int _start;
    private int _end;

    /// <summary>The next message; null at the end of the body.</summary>
    /// <exception cref="RpcException">The bytes break a rule, or a message is too large.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<T?> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (TryTake(out var message))
            {
                return message;
            }

            var received = await body.ReadAsync(Room(), cancellationToken);
            if (received == 0)
            {
                return _start == _end ? null : throw Failures.Truncated();
            }

            _end += received;
        }
    }

    /// <summary>Gives the buffer back; not while a read is under way.</summary>
    public void Release()
    {
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = [];
        }

        _start = _end = 0;
    }

    private bool TryTake(out T? message)
    {
        var arrived = new ReadOnlySequence<byte>(_buffer, _start, _end - _start);
        var whole = FrameReader.TryRead(arrived, deserializer, encoding, maxSize, out message, out var consumed);
        _start += (int)consumed;
        return whole;
    }

    private Memory<byte> Room()
    {
        var held = _end - _start;
        if (held == 0)
        {
            _start = _end = 0;
        }

        if (_end == _buffer.Length)
        {
            MakeRoom(held);
        }

        return _buffer.AsMemory(_end);
    }

    private void MakeRoom(int held)
    {
        if (_start > 0 && held <= _buffer.Length / 2)
        {
            _buffer.AsSpan(_start, held).CopyTo(_buffer);
        }
        else
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(FirstBuffer, _buffer.Length * 2));
            _buffer.AsSpan(_start, held).CopyTo(larger);
            Release();
            _buffer = larger;
        }

        _start = 0;
        _end = held;
    }
}
