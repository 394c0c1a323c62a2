using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Mano.Mesh.Failures;
using Mano.VimAdapters.OpenStack.Keystone;

namespace Mano.VimAdapters.OpenStack.Http;

/// <summary>Requests to the services of the catalogue, as us.</summary>
internal sealed class CloudLink(HttpLink http, KeystoneSession session)
{
    public HttpLink Http => http;

    /// <summary>What is known of us; asks Keystone if nothing is yet.</summary>
    public Task<CloudToken> WhoAsync(CancellationToken cancellationToken) => session.TokenAsync(null, cancellationToken);

    public CloudSettings Settings => session.Settings;

    public async Task<T> AskAsync<T>(CloudRequest request, JsonTypeInfo<T> answer, CancellationToken cancellationToken)
        where T : class => HttpLink.Read(await TellAsync(request, cancellationToken), answer);

    /// <summary>The same; null where there is no such thing.</summary>
    public async Task<T?> AskIfAnyAsync<T>(CloudRequest request, JsonTypeInfo<T> answer, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            return await AskAsync(request, answer, cancellationToken);
        }
        catch (OpenStackRefusedException e) when (e.Status == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    /// <summary>Sends a request; once more with a fresh token when the service does not believe ours.</summary>
    public async Task<HttpAnswer> TellAsync(CloudRequest request, CancellationToken cancellationToken)
    {
        var token = await session.TokenAsync(null, cancellationToken);
        try
        {
            return await http.SendAsync(Call(request, token), cancellationToken);
        }
        catch (OpenStackRefusedException e) when (e.Status == HttpStatusCode.Unauthorized && request.Content is null)
        {
            token = await session.TokenAsync(token, cancellationToken);
            return await http.SendAsync(Call(request, token), cancellationToken);
        }
    }

    /// <summary>Deletes something; fine where it is gone.</summary>
    public async Task DeleteIfAnyAsync(CloudRequest request, CancellationToken cancellationToken)
    {
        try
        {
            await TellAsync(request, cancellationToken);
        }
        catch (OpenStackRefusedException e) when (e.Status == HttpStatusCode.NotFound)
        {
            // Gone already: that is what is wanted.
        }
    }

    private HttpCall Call(CloudRequest request, CloudToken token)
    {
        var root = token.Require(request.Service, session.Settings);
        var path = request.Path.Split('?')[0];
        return new(request.Service.Name, request.Method, new Uri(root, request.Path), "/" + path)
        {
            Json = request.Json,
            Content = request.Content,
            ContentType = request.ContentType,
            Beyond = request.Beyond,
            Headers = [("X-Auth-Token", token.Value), .. request.Headers],
        };
    }
}

/// <summary>One request to a service, its path relative to the root of the API.</summary>
internal sealed record CloudRequest(CloudService Service, HttpMethod Method, string Path)
{
    public byte[]? Json { get; init; }

    public HttpContent? Content { get; init; }

    public string ContentType { get; init; } = "application/json";

    public IReadOnlyList<(string Name, string Value)> Headers { get; init; } = [];

    public TimeSpan Beyond { get; init; }

    public CloudRequest With<T>(T body, JsonTypeInfo<T> type) => this with { Json = JsonSerializer.SerializeToUtf8Bytes(body, type) };
}
