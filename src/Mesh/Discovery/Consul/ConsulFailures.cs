using System.Net;
using System.Security.Authentication;
using Mano.Mesh.Failures;

namespace Mano.Mesh.Discovery.Consul;

/// <summary>What can go wrong with an agent, as sentences that say what would be right.</summary>
internal sealed class ConsulFailures(DiscoveryOptions options)
{
    private const int MostOfABody = 300;

    private readonly string agent = options.Consul.ToString().TrimEnd('/');

    public Failure Unreachable(string doing, HttpRequestException e) => e.InnerException is AuthenticationException tls
        ? Failure.Unavailable(
            "CONSUL_TLS",
            options.CaFile is { } ca
                ? $"Consul at {agent} is not believed ({doing}): its certificate is not one of the authorities in {ca} for that name: {tls.Message}"
                : $"Consul at {agent} is not believed ({doing}): {tls.Message} Give its authority with --consul-ca FILE.",
            agent)
        : Failure.Unavailable("CONSUL_UNREACHABLE", $"Consul at {agent} cannot be reached ({doing}): {e.Message}", agent);

    public Failure Silent(string doing, TimeSpan patience) => Failure.Unavailable(
        "CONSUL_SILENT", $"Consul at {agent} did not answer within {patience.TotalSeconds:0.#} s ({doing}).", agent);

    public Failure Unreadable(string doing, string why) => Failure.Unavailable(
        "CONSUL_ANSWER", $"What answers at {agent} is not understood ({doing}): {why} --consul must name the HTTP API of a Consul agent.", agent);

    public Failure TokenFile(string why) => Failure.Unavailable(
        "CONSUL_TOKEN_FILE", $"The ACL token for Consul cannot be read from --consul-token-file {options.TokenFile}: {why}.", options.TokenFile!);

    public Failure Refused(string doing, HttpStatusCode status, string body)
    {
        var said = body.Trim();
        said = said.Length > MostOfABody ? said[..MostOfABody] + "…" : said;
        return status switch
        {
            HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized => new Failure(FailureKind.Forbidden, "CONSUL_ACL", Acl(doing, said), agent, Retryable: true),
            // An agent answers 404 or, before 1.11, 500 when it does not have the check.
            HttpStatusCode.NotFound => Failure.NotFound("CONSUL_NOT_FOUND", $"Consul at {agent} does not have it ({doing}): {said}", agent),
            HttpStatusCode.InternalServerError when said.Contains("does not have associated TTL", StringComparison.Ordinal) =>
                Failure.NotFound("CONSUL_NOT_FOUND", $"Consul at {agent} does not have it ({doing}): {said}", agent),
            // Before 1.11 also what is refused for lack of rights.
            HttpStatusCode.InternalServerError when said.Contains("Permission denied", StringComparison.Ordinal) || said.Contains("ACL not found", StringComparison.Ordinal) =>
                new Failure(FailureKind.Forbidden, "CONSUL_ACL", Acl(doing, said), agent, Retryable: true),
            HttpStatusCode.BadRequest when said.Contains("HTTPS", StringComparison.OrdinalIgnoreCase) =>
                Failure.Unavailable("CONSUL_TLS", $"Consul at {agent} speaks TLS there ({doing}); write https:// in --consul.", agent),
            _ => Failure.Unavailable("CONSUL_ERROR", $"Consul at {agent} answers {(int)status} ({doing}): {said}", agent),
        };
    }

    private string Acl(string doing, string said)
    {
        const string rules = "It needs service_prefix \"mano-\" { policy = \"write\" } and node_prefix \"\" { policy = \"read\" }.";
        if (options.TokenFile is not { } file)
        {
            return $"Consul at {agent} refuses ({doing}), for no token was given: name a file with one in --consul-token-file. {rules}";
        }

        return said.Contains("ACL not found", StringComparison.Ordinal)
            ? $"Consul at {agent} does not know the token in {file} ({doing}): put one in that file that it has; it is read again by itself. {rules}"
            : $"Consul at {agent} refuses the token in {file} ({doing}): {said}. {rules}";
    }
}
