using System.CommandLine;
using System.Net;
using Grpc.Core;
using Mano.Cli.Connection;
using Mano.Cli.Terminal;
using Mano.Mesh.Hosting;
using Mano.Site.V1;

namespace Mano.Cli.Vims;

/// <summary>Which site's MEPM is spoken to, directly: by its address, by the site's name in the MEO's inventory, or the only one that there is.</summary>
internal sealed class SiteChoice
{
    /// <summary>A test of a connection may wait for one that nobody answers.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Option<string?> site = new("--site") { Description = "id or name of the site (default: the only one)", HelpName = "SITE" };
    private readonly Option<Uri?> mepm = MeshFlags.Url("--mepm", "gRPC of the site's MEPM, instead of asking the MEO where it is");

    public IEnumerable<Symbol> Flags => [site, mepm];

    public async Task<SiteDoor> OpenAsync(Invocation run)
    {
        if (run.Get(mepm) is { } given)
        {
            return new(run, run.NoMeo, given.GetLeftPart(UriPartial.Authority), "");
        }

        var sites = await run.Meo.SitesAsync(run.Stop);
        var asked = run.Get(site);
        var chosen = asked is not null ? Naming.Pick("site", asked, sites, s => s.SiteId, s => s.Name)
            : sites is [var only] ? only
            : throw Sentences.Usage(sites.Count == 0
                ? "No site has registered with this MEO; name a MEPM with --mepm http://ADDRESS:PORT."
                : $"There are {sites.Count} sites ({string.Join(", ", sites.Select(s => s.SiteId))}); say which with --site.", "--site");
        return new(run, run.Meo, chosen.MepmAddress.TrimEnd('/'), chosen.SiteId);
    }

    /// <summary>A site that is spoken to.</summary>
    /// <param name="Address">gRPC of its MEPM.</param>
    /// <param name="SiteId">Empty where only its address was given.</param>
    internal sealed record SiteDoor(Invocation Run, MeoConnection Connection, string Address, string SiteId)
    {
        public Task<T> Ask<T>(Func<SiteVimService.SiteVimServiceClient, CallOptions, AsyncUnaryCall<T>> call) =>
            Connection.AskAt(Address, SiteId.Length > 0 ? $"MEPM of site {SiteId}" : "MEPM", o => call(Connection.SiteVimsAt(Address), o), Run.Stop, patience: Patience);

        /// <summary>Refuses to send a secret where anybody on the way can read it.</summary>
        public void ProtectSecrets(bool any)
        {
            var url = new Uri(Address);
            if (any && url.Scheme != Uri.UriSchemeHttps && !(url.IsLoopback || (IPAddress.TryParse(url.Host, out var ip) && IPAddress.IsLoopback(ip))))
            {
                throw Sentences.Usage(
                    $"The MEPM at {Address} is not on this machine and speaks without TLS: a secret would go there for everybody on the way to read. "
                    + "Run this on the site's machine, or give the MEPM certificates and use --tls.", Address);
            }
        }
    }
}
