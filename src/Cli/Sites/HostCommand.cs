using System.CommandLine;
using Mano.Cli.Connection;
using Mano.Cli.Terminal;
using Mano.Inventory.V1;

namespace Mano.Cli.Sites;

/// <summary><c>mano host …</c>: the hosts of sites; <c>maintenance on|off</c> keeps new instances away from one, or lets them come again.</summary>
internal static class HostCommand
{
    public static Command Build(Verbs verbs)
    {
        var maintenance = Verbs.Noun(
            "maintenance", "keep new instances away from a host; running ones stay",
            Switch(verbs, "on", "placement avoids the host from now on", true),
            Switch(verbs, "off", "placement may choose the host again", false));
        return Verbs.Noun("host", "MEC hosts: add, remove, keep free", SiteHostVerbs.List(verbs), SiteHostVerbs.Add(verbs), SiteHostVerbs.Remove(verbs), maintenance);
    }

    private static Command Switch(Verbs verbs, string name, string description, bool on)
    {
        var which = new Argument<string>("HOST") { Description = "id of a host, or its beginning" };
        return verbs.Verb(name, description, [which], async run =>
        {
            var hosts = (await run.Meo.SitesAsync(run.Stop)).SelectMany(s => s.Hosts).ToArray();
            var host = Naming.Pick("host", run.Get(which), hosts, h => h.HostId, _ => "");
            var answer = await run.Meo.Ask(
                o => run.Meo.Inventory.SetHostMaintenanceAsync(new SetHostMaintenanceRequest { HostId = host.HostId, Maintenance = on }, o), run.Stop);
            run.Answer(answer.Host, console => console.Line(on
                ? $"{host.HostId}: maintenance; no new instances, running ones stay"
                : $"{host.HostId}: may be chosen again"));
            return ExitCode.Done;
        });
    }
}
