using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Mano.Mesh.Failures;

namespace Mano.Mesh.Discovery.Consul;

/// <summary>
/// The few calls of Consul's HTTP API that the mesh needs, as they are in every version since 1.8. Everything that goes
/// wrong is a <see cref="FailureException"/> with a sentence; the token is in none of them.
/// </summary>
internal sealed class ConsulClient : IDisposable
{
    private readonly HttpClient http;
    private readonly DiscoveryOptions options;
    private readonly ConsulFailures failures;

    /// <exception cref="FailureException">The file of authorities cannot be read.</exception>
    public ConsulClient(DiscoveryOptions options)
    {
        this.options = options;
        failures = new ConsulFailures(options);
        http = new HttpClient(ConsulTransport.Handler(options)) { BaseAddress = new Uri(options.Consul.ToString().TrimEnd('/') + "/"), Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>Registers a service of this agent, or replaces what it had under that id.</summary>
    public async Task Register(AgentRegistration service, CancellationToken cancel)
    {
        using var body = JsonContent.Create(service, ConsulJson.Default.AgentRegistration);
        using var answer = await Ask(HttpMethod.Put, "v1/agent/service/register", body, $"registering {service.Id}", options.CallTimeout, cancel);
    }

    /// <summary>Takes a service away; one that is not there is no fault.</summary>
    public async Task DeregisterIfAny(string id, CancellationToken cancel)
    {
        using var answer = await Ask(
            HttpMethod.Put, "v1/agent/service/deregister/" + Uri.EscapeDataString(id), null, $"deregistering {id}", options.CallTimeout, cancel, NotFoundToo);
    }

    /// <summary>What this agent has under an id; null: nothing.</summary>
    public async Task<AgentService?> FindOwn(string id, CancellationToken cancel)
    {
        var doing = $"looking for {id}";
        using var answer = await Ask(HttpMethod.Get, "v1/agent/service/" + Uri.EscapeDataString(id), null, doing, options.CallTimeout, cancel, NotFoundToo);
        return answer.StatusCode == HttpStatusCode.NotFound ? null : await Read(answer, ConsulJson.Default.AgentService, doing, cancel);
    }

    /// <summary>Renews a TTL check. NotFound when the agent does not have it.</summary>
    /// <param name="trouble">Makes it critical, with that text; null: it passes.</param>
    public async Task Renew(string checkId, string? trouble, CancellationToken cancel)
    {
        var path = $"v1/agent/check/{(trouble is null ? "pass" : "fail")}/{Uri.EscapeDataString(checkId)}?note={Uri.EscapeDataString(trouble ?? "it lives")}";
        using var answer = await Ask(HttpMethod.Put, path, null, $"renewing {checkId}", options.CallTimeout, cancel);
    }

    /// <summary>
    /// Every instance of a service with its health. With an index other than 0 the answer comes when something is newer
    /// than that, or after <see cref="DiscoveryOptions.Wait"/>.
    /// </summary>
    public async Task<CatalogueAnswer> Instances(string service, ulong index, CancellationToken cancel)
    {
        var doing = $"listing {service}";
        var path = $"v1/health/service/{Uri.EscapeDataString(service)}";
        var patience = options.CallTimeout;
        if (index > 0)
        {
            path += string.Create(CultureInfo.InvariantCulture, $"?index={index}&wait={ConsulTime.Of(options.Wait)}");
            // Consul itself adds up to a sixteenth, so that not everybody comes back at once.
            patience += options.Wait + (options.Wait / 16);
        }

        using var answer = await Ask(HttpMethod.Get, path, null, doing, patience, cancel);
        var entries = await Read(answer, ConsulJson.Default.IReadOnlyListHealthEntry, doing, cancel);
        return new(IndexOf(answer.Headers), [.. entries.Select(e => e.ToInstance())], Header(answer.Headers, "X-Consul-Results-Filtered-By-ACLs") == "true");
    }

    public void Dispose() => http.Dispose();

    private static bool NotFoundToo(HttpStatusCode status) => status == HttpStatusCode.NotFound;

    private static ulong IndexOf(HttpResponseHeaders headers) =>
        ulong.TryParse(Header(headers, "X-Consul-Index"), NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? index : 0;

    private static string? Header(HttpResponseHeaders headers, string name) => headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;

    private async Task<HttpResponseMessage> Ask(
        HttpMethod method, string path, HttpContent? body, string doing, TimeSpan patience, CancellationToken cancel, Func<HttpStatusCode, bool>? rightToo = null)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(patience);
        try
        {
            using var request = new HttpRequestMessage(method, path) { Content = body };
            if (await Token(limit.Token) is { } token)
            {
                request.Headers.Add("X-Consul-Token", token);
            }

            var answer = await http.SendAsync(request, HttpCompletionOption.ResponseContentRead, limit.Token);
            if (answer.IsSuccessStatusCode || rightToo?.Invoke(answer.StatusCode) == true)
            {
                return answer;
            }

            using (answer)
            {
                throw failures.Refused(doing, answer.StatusCode, await answer.Content.ReadAsStringAsync(limit.Token)).ToException();
            }
        }
        catch (OperationCanceledException e) when (!cancel.IsCancellationRequested)
        {
            throw new FailureException(failures.Silent(doing, patience), e);
        }
        catch (HttpRequestException e)
        {
            throw new FailureException(failures.Unreachable(doing, e), e);
        }
        catch (SocketException e)
        {
            // A connection that is reset before its first byte is not wrapped by the handler.
            throw new FailureException(failures.Unreachable(doing, new HttpRequestException(e.Message, e)), e);
        }
    }

    private async Task<T> Read<T>(HttpResponseMessage answer, JsonTypeInfo<T> type, string doing, CancellationToken cancel)
        where T : class
    {
        try
        {
            return await answer.Content.ReadFromJsonAsync(type, cancel) ?? throw new JsonException("The answer is null.");
        }
        catch (Exception e) when (e is JsonException or UriFormatException)
        {
            throw new FailureException(failures.Unreadable(doing, e.Message), e);
        }
    }

    private async Task<string?> Token(CancellationToken cancel)
    {
        if (options.TokenFile is not { } file)
        {
            return null;
        }

        try
        {
            var token = (await File.ReadAllTextAsync(file, cancel)).Trim();
            return token.Length > 0 && token.All(c => c is > ' ' and < '\x7f') ? token : throw failures.TokenFile("it does not hold one line of text").ToException();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw failures.TokenFile(e is FileNotFoundException ? "it does not exist" : e.Message).ToException();
        }
    }
}
