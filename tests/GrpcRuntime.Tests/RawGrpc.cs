using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;

namespace Mano.GrpcRuntime.Tests;

/// <summary>gRPC spoken by hand: bytes of our choice in, headers, bytes and trailers out.</summary>
internal sealed class RawGrpc(string address) : IDisposable
{
    private readonly HttpMessageInvoker _http = new(new SocketsHttpHandler { AllowAutoRedirect = false });

    /// <summary>A message with its five byte header.</summary>
    public static byte[] Frame(byte[] message, byte flag = 0, uint? length = null)
    {
        var frame = new byte[5 + message.Length];
        frame[0] = flag;
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(1), length ?? (uint)message.Length);
        message.CopyTo(frame, 5);
        return frame;
    }

    public async Task<RawAnswer> PostAsync(string path, byte[] body, params (string Name, string Value)[] headers)
    {
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue(
            headers.FirstOrDefault(h => h.Name == "content-type").Value ?? "application/grpc");
        using var request = new HttpRequestMessage(HttpMethod.Post, address + path)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };
        foreach (var (name, value) in headers.Where(h => h.Name != "content-type"))
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await _http.SendAsync(request, CancellationToken.None);
        var bytes = await response.Content.ReadAsByteArrayAsync();
        return new RawAnswer(response.StatusCode, bytes, Flat(response.Headers), Flat(response.TrailingHeaders));
    }

    public void Dispose() => _http.Dispose();

    private static Dictionary<string, string> Flat(HttpResponseHeaders headers) =>
        headers.NonValidated.ToDictionary(h => h.Key, h => string.Join("|", h.Value), StringComparer.OrdinalIgnoreCase);
}

/// <summary>What came back.</summary>
internal sealed record RawAnswer(HttpStatusCode Http, byte[] Body, Dictionary<string, string> Headers, Dictionary<string, string> Trailers)
{
    public bool TrailersOnly => Headers.ContainsKey("grpc-status");

    public string? Status => Headers.GetValueOrDefault("grpc-status") ?? Trailers.GetValueOrDefault("grpc-status");

    public string? Message => Headers.GetValueOrDefault("grpc-message") ?? Trailers.GetValueOrDefault("grpc-message");
}
