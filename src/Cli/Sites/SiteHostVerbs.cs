using System.CommandLine;
using Mano.Cli.Connection;
using Mano.Cli.Terminal;
using Mano.Cli.Vims;
using Mano.Mesh.Hosting;
using Mano.Site.V1;

namespace Mano.Cli.Sites;

/// <summary><c>mano host list|add|remove</c>: the hosts of a site, changed at its MEPM.</summary>
internal static class SiteHostVerbs
{
    public static Command List(Verbs verbs)
    {
        var site = new SiteChoice();
        return verbs.Verb("list", "the hosts of a site, and the VIM and platform of each", [.. site.Flags], async run =>
        {
            var door = await site.OpenAsync(run);
            var answer = await door.Ask((vims, o) => vims.ListHostsAsync(new(), o));
            run.Answer(answer, console =>
            {
                var listing = new Listing("HOST", "ZONE", "VIM", "PLATFORM", "INSTANCES", "ADDED") { WhenEmpty = "this site has no host; 'mano host add' adds one" };
                foreach (var host in answer.Hosts)
                {
                    listing.Add(
                        host.HostId, host.Zone, host.VimZone.Length > 0 ? $"{host.Vim} ({host.VimZone})" : host.Vim, Platform(host), $"{host.AppInstanceIds.Count}",
                        host.Configured ? "configured" : Words.Ago(host.AddedTime, run.Surroundings.Clock.GetUtcNow()));
                }

                listing.Show(console);
            });
            return ExitCode.Done;
        });
    }

    /// <summary>Without the scheme that goes without saying: a URL does not break well across the lines of a terminal.</summary>
    private static string Platform(SiteHost host) => host.Platform.Length == 0 ? "from Consul" : host.Platform.Replace("http://", "", StringComparison.Ordinal);

    public static Command Add(Verbs verbs)
    {
        var site = new SiteChoice();
        var id = new Argument<string>("ID") { Description = "unique over all sites: 1 to 127 of [a-z0-9-]" };
        var vim = new Option<string>("--vim") { Description = "the VIM connection it is on ('mano vim list')", HelpName = "NAME", Required = true };
        var zone = new Option<string>("--zone") { Description = "the zone that placement requests name", HelpName = "ZONE", Required = true };
        var vimZone = new Option<string?>("--vim-zone") { Description = "the zone within the VIM: an availability zone of OpenStack, topology.kubernetes.io/zone (default: any)", HelpName = "ZONE" };
        var platform = MeshFlags.Url("--platform", "gRPC of its MEC platform; without it the one that Consul has");
        var latency = TimeFlag.Create("--latency", "one way, from the users of the zone (default: none)");
        var hardware = new Option<string[]>("--hardware") { Description = "gpu, sriov, …; gpu:4 if there are four, which are then counted; may be repeated", HelpName = "WORD" };
        var arch = new Option<string?>("--arch") { Description = "x86_64 or aarch64 (default: that of the MEPM's machine)", HelpName = "ARCH" };
        return verbs.Verb("add", "add a MEC host to a site, on one of its VIM connections", [id, vim, zone, vimZone, platform, latency, hardware, arch, .. site.Flags], async run =>
        {
            var door = await site.OpenAsync(run);
            var host = new SiteHost
            {
                HostId = run.Get(id), Vim = run.Get(vim)!, Zone = run.Get(zone)!, Platform = run.Get(platform)?.GetLeftPart(UriPartial.Authority) ?? "",
                LatencyNs = run.Get(latency).Ticks * TimeSpan.NanosecondsPerTick, CpuArchitecture = run.Get(arch) ?? "",
                VimZone = run.Get(vimZone) ?? "",
            };
            host.Hardware.AddRange(run.Get(hardware) ?? []);
            var answer = await door.Ask((vims, o) => vims.AddHostAsync(new() { Host = host }, o));
            run.Answer(answer.Host, console => console.Line($"added: {answer.Host.HostId}, on {answer.Host.Vim}; 'mano site show' says when it is healthy"));
            return ExitCode.Done;
        });
    }

    public static Command Remove(Verbs verbs)
    {
        var site = new SiteChoice();
        var which = new Argument<string>("HOST") { Description = "id of a host that was added with 'mano host add'" };
        return verbs.Verb("remove", "take a host without instances out of its site", [which, .. site.Flags], async run =>
        {
            var door = await site.OpenAsync(run);
            var host = Naming.Pick("host", run.Get(which), (await door.Ask((vims, o) => vims.ListHostsAsync(new(), o))).Hosts, h => h.HostId, _ => "");
            var answer = await door.Ask((vims, o) => vims.RemoveHostIfAnyAsync(new() { HostId = host.HostId }, o));
            run.Answer(answer, console => console.Line($"removed: {host.HostId}"));
            return ExitCode.Done;
        });
    }
}
