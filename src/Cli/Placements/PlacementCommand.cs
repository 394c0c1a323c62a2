using System.CommandLine;
using Mano.Cli.Connection;
using Mano.Cli.Terminal;
using Mano.Lifecycle.V1;
using Mano.Mesh.Failures;

namespace Mano.Cli.Placements;

/// <summary><c>mano placement</c>: where applications would go, and why; changes nothing.</summary>
internal static class PlacementCommand
{
    public static Command Build(Verbs verbs) => Verbs.Noun("placement", "where an application would go, and why", Explain(verbs), Group(verbs));

    private static Command Explain(Verbs verbs)
    {
        var which = new Argument<string>("PACKAGE|INSTANCE") { Description = "a package or an instance, by name, id, or its beginning" };
        var flags = new PlacementFlags();
        var instead = new TerminationFlag();
        var whatIf = new WhatIfFlag();
        return verbs.Verb("explain", "decide as instantiate would at this moment, change nothing, and say for each host why or why not; exits 1 when no host is right", [which, .. flags.Flags, instead.Flag, whatIf.Flag], async run =>
        {
            var request = await RequestAsync(run, run.Get(which));
            request.Constraints = await flags.ReadAsync(run);
            request.WhatIf = whatIf.Read(run);
            request.TerminationOptions.AddRange(await instead.ReadAsync(run));
            var answer = await run.Meo.Ask(o => run.Meo.Placement.ExplainPlacementAsync(request, o), run.Stop);
            run.Answer(answer.Decision, console =>
            {
                PlacementView.Show(console, answer.Decision);
                if (answer.TerminatedAppInstanceIds.Count > 0)
                {
                    console.Line($"terminated for it: {string.Join(", ", answer.TerminatedAppInstanceIds)}");
                }
            });
            return answer.Decision.HostId.Length > 0 ? ExitCode.Done : ExitCode.Failed;
        });
    }

    private static Command Group(Verbs verbs)
    {
        var which = new Argument<string[]>("PACKAGE|INSTANCE") { Description = "packages or instances; one may be named several times", Arity = ArgumentArity.OneOrMore };
        var flags = new PlacementFlags();
        var whatIf = new WhatIfFlag();
        return verbs.Verb("group", "say where several would go together, all or none, the largest first; changes nothing; exits 1 when one has no host", [which, .. flags.Flags, whatIf.Flag], async run =>
        {
            var names = run.Get(which) ?? [];
            var constraints = await flags.ReadAsync(run);
            var request = new ExplainGroupPlacementRequest { WhatIf = whatIf.Read(run) };
            foreach (var name in names)
            {
                var member = await RequestAsync(run, name);
                member.Constraints = constraints;
                request.Members.Add(member);
            }

            var answer = await run.Meo.Ask(o => run.Meo.Placement.ExplainGroupPlacementAsync(request, o), run.Stop);
            run.Answer(answer, console => PlacementView.Show(console, names, answer));
            return answer.Placed ? ExitCode.Done : ExitCode.Failed;
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
