using System.Globalization;
using System.Text;

namespace Mano.Samples.HelloEdge;

/// <summary>Reads one request: its head, and a body that is counted or chunked (.NET clients send JSON chunked).</summary>
internal sealed class RequestReader(Stream stream)
{
    private const int MaxHead = 16 * 1024;
    private const int MaxBody = 64 * 1024;
    private readonly byte[] _buffer = new byte[MaxHead];
    private int _next;
    private int _filled;

    /// <summary>Null for what is no request, or one that is too large.</summary>
    public static async Task<HttpRequest?> Read(Stream stream, CancellationToken stop)
    {
        var reader = new RequestReader(stream);
        var words = (await reader.Line(stop))?.Split(' ');
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        for (var bytes = 0; words?.Length == 3;)
        {
            var line = await reader.Line(stop);
            if (line is null || (bytes += line.Length) > MaxHead)
            {
                return null;
            }

            if (line.Length == 0)
            {
                var body = await reader.Body(headers, stop);
                return body is null ? null : new(words[0], words[1].Split('?')[0], body);
            }

            var colon = line.IndexOf(':', StringComparison.Ordinal);
            headers[line[..Math.Max(0, colon)]] = line[(colon + 1)..].Trim();
        }

        return null;
    }

    private async Task<string?> Body(Dictionary<string, string> headers, CancellationToken stop)
    {
        var body = new MemoryStream();
        if (!headers.GetValueOrDefault("Transfer-Encoding", "").Equals("chunked", StringComparison.OrdinalIgnoreCase))
        {
            var isCounted = int.TryParse(headers.GetValueOrDefault("Content-Length", "0"), NumberStyles.None, CultureInfo.InvariantCulture, out var length);
            return isCounted && await Copy(length, body, stop) ? Text(body) : null;
        }

        while (true)
        {
            var size = (await Line(stop))?.Split(';')[0];
            if (!int.TryParse(size, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var length) || !await Copy(length, body, stop))
            {
                return null;
            }

            if (await Line(stop) is null || length == 0)
            {
                return Text(body);
            }
        }
    }

    private async Task<bool> Copy(int length, MemoryStream body, CancellationToken stop)
    {
        if (length < 0 || body.Length + length > MaxBody)
        {
            return false;
        }

        while (length > 0)
        {
            if (_next == _filled && !await Fill(stop))
            {
                return false;
            }

            var taken = Math.Min(length, _filled - _next);
            body.Write(_buffer, _next, taken);
            (_next, length) = (_next + taken, length - taken);
        }

        return true;
    }

    private async Task<string?> Line(CancellationToken stop)
    {
        var line = new StringBuilder();
        while (line.Length <= MaxHead)
        {
            if (_next == _filled && !await Fill(stop))
            {
                return null;
            }

            var c = (char)_buffer[_next++];
            if (c == '\n')
            {
                return line.ToString().TrimEnd('\r');
            }

            line.Append(c);
        }

        return null;
    }

    private async Task<bool> Fill(CancellationToken stop)
    {
        (_next, _filled) = (0, await stream.ReadAsync(_buffer, stop));
        return _filled > 0;
    }

    private static string Text(MemoryStream body) => Encoding.UTF8.GetString(body.ToArray());
}
