using System.Buffers;

namespace Mano.GrpcRuntime.Internal;

/// <summary>A growing buffer whose array comes from the shared pool and goes back on <see cref="Dispose"/>.</summary>
internal sealed class PooledBuffer(int initialCapacity = PooledBuffer.Least) : IBufferWriter<byte>, IDisposable
{
    private const int Least = 256;

    private byte[] _array = ArrayPool<byte>.Shared.Rent(initialCapacity);
    private int _written;

    public ReadOnlyMemory<byte> Written => _array.AsMemory(0, _written);

    public int Length => _written;

    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _array.Length - _written);
        _written += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _array.AsMemory(_written);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _array.AsSpan(_written);
    }

    /// <summary>Hands the array over, to be given back to the shared pool by the taker; the buffer is empty then.</summary>
    public ArraySegment<byte> Detach()
    {
        var detached = new ArraySegment<byte>(_array, 0, _written);
        _array = [];
        _written = 0;
        return detached;
    }

    public void Dispose()
    {
        var array = Interlocked.Exchange(ref _array, []);
        _written = 0;
        if (array.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(array);
        }
    }

    private void Reserve(int sizeHint)
    {
        var needed = Math.Max(sizeHint, 1);
        if (_array.Length - _written >= needed)
        {
            return;
        }

        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_written + needed, Math.Max(_array.Length * 2, Least)));
        _array.AsSpan(0, _written).CopyTo(larger);
        if (_array.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_array);
        }

        _array = larger;
    }
}
