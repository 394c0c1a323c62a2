using System.CommandLine;
using Mano.Cli.Connection;
using Mano.Cli.Operations;
using Mano.Cli.Placements;
using Mano.Cli.Terminal;
using Mano.Lifecycle.V1;
using Mano.Mesh.Failures;

namespace Mano.Cli.Instances;

/// <summary><c>mano instance instantiate</c>: the main job. When no host is right, the hosts' reasons are shown unasked.</summary>
internal static class InstantiateVerb
{
    public static Command Build(Verbs verbs)
    {
        var which = InstanceCommand.Which();
        var flags = new PlacementFlags();
        var instead = new TerminationFlag();
        var values = new ChartValueFlags();
        var ending = new OperationEnding();
        return verbs.Verb("instantiate", "place an instance on a host and run it there", [which, .. flags.Flags, instead.Flag, .. values.Flags, .. ending.Flags], async run =>
        {
            var instance = await run.Meo.InstanceAsync(run.Get(which), run.Stop);
            var request = new InstantiateAppInstanceRequest
            {
                AppInstanceId = instance.AppInstanceId,
                Constraints = await flags.ReadAsync(run),
                Timeout = ending.TimeoutOf(run),
                ChartValues = await values.ReadAsync(run),
            };
            request.TerminationOptions.AddRange(await instead.ReadAsync(run));
            var answer = await AskAsync(run, request);
            return await ending.FinishAsync(run, answer.Operation);
        });
    }

    /// <summary><c>mano instance instantiate-group</c>: several, all or none.</summary>
    public static Command BuildGroup(Verbs verbs)
    {
        var which = new Argument<string[]>("INSTANCE") { Description = "instances, by name, id, or its beginning", Arity = ArgumentArity.OneOrMore };
        var flags = new PlacementFlags();
        var ending = new OperationEnding();
        return verbs.Verb("instantiate-group", "place several instances, all or none, the largest first, and run them; 'mano placement group' asks first", [which, .. flags.Flags, .. ending.Flags], async run =>
        {
            var constraints = await flags.ReadAsync(run);
            var request = new InstantiateAppInstancesRequest();
            foreach (var name in run.Get(which) ?? [])
            {
                request.Members.Add(new InstantiateAppInstanceRequest
                {
                    AppInstanceId = (await run.Meo.InstanceAsync(name, run.Stop)).AppInstanceId, Constraints = constraints, Timeout = ending.TimeoutOf(run),
                });
            }

            var answer = await run.Meo.Ask(o => run.Meo.Lifecycle.InstantiateAppInstancesAsync(request, o), run.Stop);
            var worst = ExitCode.Done;
            foreach (var operation in answer.Operations)
            {
                var end = await ending.FinishAsync(run, operation);
                worst = end == ExitCode.Done ? worst : end;
            }

            return worst;
        });
    }

    private static async Task<InstantiateAppInstanceResponse> AskAsync(Invocation run, InstantiateAppInstanceRequest request)
    {
        try
        {
            return await run.Meo.Ask(o => run.Meo.Lifecycle.InstantiateAppInstanceAsync(request, o), run.Stop);
        }
        catch (FailureException e) when (e.Failure.Kind == FailureKind.NoCapacity && !run.Json)
        {
            await ShowHostsAsync(run, request);
            throw;
        }
    }

    private static async Task ShowHostsAsync(Invocation run, InstantiateAppInstanceRequest request)
    {
        try
        {
            var why = await run.Meo.Ask(
                o => run.Meo.Placement.ExplainPlacementAsync(
                    new ExplainPlacementRequest { AppInstanceId = request.AppInstanceId, Constraints = request.Constraints }, o), run.Stop);
            PlacementView.ShowHosts(run.Err, why.Decision);
        }
        catch (FailureException)
        {
            // The refusal itself is what counts, and it is printed.
        }
    }
}
