using System.CommandLine;
using Mano.Cli.Connection;
using Mano.Cli.Terminal;
using Mano.Lifecycle.V1;
using Mano.Mesh.Failures;

namespace Mano.Cli.Placements;

/// <summary><c>mano placement explain</c>: where an application would go, and why; changes nothing.</summary>
internal static class PlacementCommand
{
    public static Command Build(Verbs verbs) => Verbs.Noun("placement", "where an application would go, and why", Explain(verbs));

    private static Command Explain(Verbs verbs)
    {
        var which = new Argument<string>("PACKAGE|INSTANCE") { Description = "a package or an instance, by name, id, or its beginning" };
        var flags = new PlacementFlags();
        return verbs.Verb("explain", "decide as instantiate would at this moment, change nothing, and say for each host why or why not; exits 1 when no host is right", [which, .. flags.Flags], async run =>
        {
            var request = await RequestAsync(run, run.Get(which));
            request.Constraints = await flags.ReadAsync(run);
            var answer = await run.Meo.Ask(o => run.Meo.Placement.ExplainPlacementAsync(request, o), run.Stop);
            run.Answer(answer.Decision, console => PlacementView.Show(console, answer.Decision));
            return answer.Decision.HostId.Length > 0 ? ExitCode.Done : ExitCode.Failed;
        });
    }

    private static async Task<ExplainPlacementRequest> RequestAsync(Invocation run, string asked)
    {
        try
        {
            return new ExplainPlacementRequest { AppPackageId = (await run.Meo.PackageAsync(asked, run.Stop)).AppPackageId };
        }
        catch (FailureException e) when (e.Failure.Kind == FailureKind.NotFound)
        {
            var instances = await run.Meo.InstancesAsync("", run.Stop);
            var named = instances.Where(i => i.AppInstanceName == asked || i.AppInstanceId.StartsWith(asked, StringComparison.Ordinal)).ToArray();
            return named is [var one]
                ? new ExplainPlacementRequest { AppInstanceId = one.AppInstanceId }
                : throw Failure.NotFound("NOT_FOUND", $"There is no package and no one instance '{asked}'; see 'mano package list' and 'mano instance list'.", asked).ToException();
        }
    }
}
