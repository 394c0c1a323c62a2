using System.Net;
using System.Text.Json;
using Mano.Mesh.Failures;
using Mano.VimAdapters.OpenStack.Http;
using Microsoft.Extensions.Logging;

namespace Mano.VimAdapters.OpenStack.Keystone;

/// <summary>Who we are at the cloud: one token for all calls, renewed before it ends and when a service does not believe it.</summary>
internal sealed class KeystoneSession(HttpLink link, CloudSettings settings, TimeProvider clock, ILogger logger) : IDisposable
{
    private const string ServiceName = "Keystone";
    private readonly SemaphoreSlim asking = new(1);
    private CloudToken? token;

    public CloudSettings Settings => settings;

    /// <summary>The token in use; null: none was needed yet.</summary>
    public CloudToken? Known => token;

    /// <summary>A token that is good for a while yet.</summary>
    /// <param name="refused">One that a service did not believe: another one is fetched, unless somebody has done so already.</param>
    public async Task<CloudToken> TokenAsync(CloudToken? refused, CancellationToken cancellationToken)
    {
        if (token is { } known && known != refused && clock.GetUtcNow() < known.RenewAt)
        {
            return known;
        }

        await asking.WaitAsync(cancellationToken);
        try
        {
            if (token is not { } there || there == refused || clock.GetUtcNow() >= there.RenewAt)
            {
                token = await AskAsync(cancellationToken);
                Log.LoggedIn(logger, token.Body.User?.Name ?? token.Body.User?.Id ?? "?", token.Body.Project?.Name ?? token.ProjectId, token.Body.ExpiresAt);
            }

            return token;
        }
        finally
        {
            asking.Release();
        }
    }

    public void Dispose() => asking.Dispose();

    private async Task<CloudToken> AskAsync(CancellationToken cancellationToken)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(new AuthRequest(Body()), KeystoneJson.Default.AuthRequest);
        HttpAnswer answer;
        try
        {
            answer = await link.SendAsync(new(ServiceName, HttpMethod.Post, Address("auth/tokens"), "/auth/tokens") { Json = body }, cancellationToken);
        }
        catch (OpenStackRefusedException e) when (e.Status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
        {
            throw new FailureException(Failure.Forbidden("VIM_CREDENTIALS",
                $"Keystone at {settings.AuthUrl} refuses the credentials of {Who()}: {e.Sentence} ({e.RequestId})", OpenStackVim.AdapterName), e);
        }

        var parsed = HttpLink.Read(answer, KeystoneJson.Default.TokenAnswer).Token;
        var value = answer.Header("X-Subject-Token") ?? throw Failure.Internal("VIM_BAD_ANSWER", $"Keystone at {settings.AuthUrl} gave no token.", OpenStackVim.AdapterName).ToException();
        if (parsed.Project is null)
        {
            throw Failure.Forbidden("VIM_CREDENTIALS", $"Keystone at {settings.AuthUrl} gave {Who()} a token without a project; name one.", OpenStackVim.AdapterName).ToException();
        }

        return new(value, parsed, CloudToken.RenewalOf(clock.GetUtcNow(), parsed.ExpiresAt));
    }

    private Uri Address(string path)
    {
        var root = settings.AuthUrl.AbsoluteUri.TrimEnd('/');
        return new Uri($"{(root.EndsWith("/v3", StringComparison.Ordinal) ? root : root + "/v3")}/{path}");
    }

    private string Who() => settings.ApplicationCredentialId is { } id ? $"application credential {id}" : $"user {settings.Username ?? settings.UserId}";

    private AuthBody Body() => settings.ApplicationCredentialId is { } id
        ? new(new(["application_credential"]) { ApplicationCredential = new(id, settings.ApplicationCredentialSecret!) }, null)
        : new(
            new(["password"])
            {
                Password = new(settings.UserId is { } userId
                    ? new() { Id = userId, Password = settings.Password }
                    : new() { Name = settings.Username, Domain = new(settings.UserDomainName), Password = settings.Password }),
            },
            new(settings.ProjectId is { } projectId ? new() { Id = projectId } : new() { Name = settings.ProjectName, Domain = new(settings.ProjectDomainName) }));
}
