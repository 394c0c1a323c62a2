using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Mano.Mesh.Failures;

namespace Mano.MecPlatform.Dns.PowerDns;

/// <summary>PowerDNS' authoritative API v1 over HTTP.</summary>
internal sealed class PowerDnsClient : IDisposable
{
    private const long LargestAnswer = 256L << 20; // a zone of a million names

    private readonly HttpClient http;
    private readonly Uri api;
    private readonly string keyFile;

    public PowerDnsClient(Uri api, string keyFile, TimeSpan timeout)
    {
        this.api = api;
        this.keyFile = keyFile;

        // The key must not travel to where a redirect or a proxy leads.
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, UseCookies = false, ConnectTimeout = timeout };
        http = new(handler)
        {
            BaseAddress = new Uri($"{api.ToString().TrimEnd('/')}/api/v1/servers/localhost/"), Timeout = timeout, MaxResponseContentBufferSize = LargestAnswer,
        };
    }

    /// <summary>Every zone, without its records.</summary>
    public async Task<IReadOnlyList<PowerDnsZone>> Zones(CancellationToken cancel) =>
        await Ask(HttpMethod.Get, "zones?dnssec=false", null, PowerDnsJson.Default.ListPowerDnsZone, cancel) ?? [];

    /// <summary>The zone with its records; null: it is gone.</summary>
    public async Task<PowerDnsZone?> Find(string zoneId, CancellationToken cancel)
    {
        using var response = await Send(HttpMethod.Get, $"zones/{Uri.EscapeDataString(zoneId)}", null, cancel);
        return response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.UnprocessableEntity
            ? null
            : await Content(response, PowerDnsJson.Default.PowerDnsZone, cancel);
    }

    /// <exception cref="PowerDnsRefusal">The server does not take it.</exception>
    public async Task<PowerDnsZone> Create(PowerDnsZone zone, CancellationToken cancel) =>
        (await Ask(HttpMethod.Post, "zones", JsonContent.Create(zone, PowerDnsJson.Default.PowerDnsZone), PowerDnsJson.Default.PowerDnsZone, cancel))!;

    /// <summary>All of it or nothing.</summary>
    /// <exception cref="PowerDnsRefusal">The server does not take it.</exception>
    public async Task Patch(string zoneId, IReadOnlyList<PowerDnsRecordSet> sets, CancellationToken cancel)
    {
        var content = JsonContent.Create(new PowerDnsPatch(sets), PowerDnsJson.Default.PowerDnsPatch);
        await content.LoadIntoBufferAsync(cancel); // its web server takes no chunked bodies
        using var response = await Send(HttpMethod.Patch, $"zones/{Uri.EscapeDataString(zoneId)}", content, cancel);
        await Require(response, cancel);
    }

    public async Task DeleteIfAny(string zoneId, CancellationToken cancel)
    {
        using var response = await Send(HttpMethod.Delete, $"zones/{Uri.EscapeDataString(zoneId)}", null, cancel);
        if (response.StatusCode is not (HttpStatusCode.NotFound or HttpStatusCode.UnprocessableEntity))
        {
            await Require(response, cancel);
        }
    }

    public void Dispose() => http.Dispose();

    private async Task<T?> Ask<T>(HttpMethod method, string path, HttpContent? content, JsonTypeInfo<T> type, CancellationToken cancel)
    {
        if (content is not null)
        {
            await content.LoadIntoBufferAsync(cancel);
        }

        using var response = await Send(method, path, content, cancel);
        return await Content(response, type, cancel);
    }

    private async Task<T?> Content<T>(HttpResponseMessage response, JsonTypeInfo<T> type, CancellationToken cancel)
    {
        await Require(response, cancel);
        try
        {
            return await response.Content.ReadFromJsonAsync(type, cancel);
        }
        catch (JsonException wrong)
        {
            throw Away($"answered what is no JSON of its API: {wrong.Message}");
        }
    }

    private async Task<HttpResponseMessage> Send(HttpMethod method, string path, HttpContent? content, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        request.Headers.TryAddWithoutValidation("X-API-Key", await Key(cancel));
        try
        {
            return await http.SendAsync(request, cancel);
        }
        catch (HttpRequestException unreachable)
        {
            throw Away($"cannot be asked: {unreachable.Message}");
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw Away($"did not answer within {http.Timeout.TotalSeconds:0.#} s.");
        }
    }

    private async Task<string> Key(CancellationToken cancel)
    {
        try
        {
            return (await File.ReadAllTextAsync(keyFile, cancel)).Trim();
        }
        catch (Exception wrong) when (wrong is IOException or UnauthorizedAccessException)
        {
            throw Away($"cannot be asked, for the key file '{keyFile}' cannot be read: {wrong.Message}");
        }
    }

    private async Task Require(HttpResponseMessage response, CancellationToken cancel)
    {
        if (response.IsSuccessStatusCode)
        {
            return;
        }

        var text = await response.Content.ReadAsStringAsync(cancel);
        throw response.StatusCode switch
        {
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => Away($"refused the API key of '{keyFile}' (HTTP {(int)response.StatusCode})."),
            HttpStatusCode.BadRequest or HttpStatusCode.Conflict or HttpStatusCode.NotFound or HttpStatusCode.UnprocessableEntity => new PowerDnsRefusal(Sentence(text)),
            _ => Away($"answered HTTP {(int)response.StatusCode}: {Sentence(text)}"),
        };
    }

    private FailureException Away(string what) =>
        Failure.Unavailable("DNS_SERVER_AWAY", $"PowerDNS' API at {api} {what}", "dns-server/powerdns").ToException();

    private static string Sentence(string text)
    {
        try
        {
            text = JsonSerializer.Deserialize(text, PowerDnsJson.Default.PowerDnsError)?.Error ?? text;
        }
        catch (JsonException)
        {
            // some refusals are plain words
        }

        return text.Length <= 300 ? text : text[..300];
    }
}

/// <summary>PowerDNS understood and does not take it; asking again changes nothing.</summary>
internal sealed class PowerDnsRefusal(string why) : Exception(why);
