using System.Security.Cryptography;

namespace Mano.Meo.Onboarding;

/// <summary>A file being written, hashed on the way.</summary>
internal sealed class ScratchFile : IDisposable
{
    private const int BufferSize = 64 * 1024;
    private readonly FileStream _stream;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private string? _sha256;
    private bool _stays;

    /// <summary>A new file.</summary>
    internal ScratchFile(string path)
    {
        Path = path;
        _stream = new(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete, BufferSize);
    }

    /// <summary>A file that may be there already, and is gone on with at <paramref name="offset"/>.</summary>
    internal ScratchFile(string path, long offset)
    {
        Path = path;
        _stream = new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete, bufferSize: 1); // what arrived is there, whatever happens next
        _stream.SetLength(offset);
        var buffer = new byte[BufferSize];
        for (int read; (read = _stream.Read(buffer)) > 0; Length += read)
        {
            _hash.AppendData(buffer, 0, read);
        }
    }

    internal string Path { get; }

    internal long Length { get; private set; }

    /// <summary>It is not removed when it is closed: somebody may go on with it.</summary>
    internal void Stay() => _stays = true;

    /// <summary>Of everything written; nothing is written after it was asked for.</summary>
    internal string Sha256 => _sha256 ??= Convert.ToHexStringLower(_hash.GetHashAndReset());

    internal void Write(ReadOnlySpan<byte> bytes)
    {
        _hash.AppendData(bytes);
        _stream.Write(bytes);
        Length += bytes.Length;
    }

    /// <summary>For writers that want a stream.</summary>
    internal Stream AsStream() => new WriteThrough(this);

    /// <summary>The content from its start.</summary>
    internal Stream Reopen()
    {
        _stream.Flush();
        return new FileStream(Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
    }

    internal void FlushToDisk() => _stream.Flush(flushToDisk: true);

    public void Dispose()
    {
        _stream.Dispose();
        _hash.Dispose();

        // Gone already if it was published.
        if (!_stays)
        {
            File.Delete(Path);
        }
    }

    private sealed class WriteThrough(ScratchFile file) : Stream
    {
        public override bool CanRead => false;
        public override bool CanSeek => false;
        public override bool CanWrite => true;
        public override long Length => file.Length;

        public override long Position
        {
            get => file.Length;
            set => throw new NotSupportedException();
        }

        public override void Write(byte[] buffer, int offset, int count) => file.Write(buffer.AsSpan(offset, count));
        public override void Write(ReadOnlySpan<byte> buffer) => file.Write(buffer);
        public override void Flush() { }
        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
