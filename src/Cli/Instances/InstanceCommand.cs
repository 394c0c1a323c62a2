using System.CommandLine;
using Mano.Cli.Connection;
using Mano.Cli.Operations;
using Mano.Cli.Terminal;
using Mano.Lifecycle.V1;

namespace Mano.Cli.Instances;

/// <summary><c>mano instance …</c>: the life of an application instance (MEC 010-2 §7.4).</summary>
internal static class InstanceCommand
{
    public static Command Build(Verbs verbs) => Verbs.Noun(
        "instance", "application instances: create, instantiate, stop, start, terminate, delete",
        Create(verbs), InstantiateVerb.Build(verbs), InstantiateVerb.BuildGroup(verbs), Operate(verbs, OperateTo.Started), Operate(verbs, OperateTo.Stopped),
        Terminate(verbs), Delete(verbs), InstanceViews.List(verbs), InstanceViews.Show(verbs), InstanceViews.Log(verbs), EventsVerb.Build(verbs));

    public static Argument<string> Which() => new("INSTANCE") { Description = "name of an instance, its id, or the beginning of it" };

    private static Command Create(Verbs verbs)
    {
        var package = new Argument<string>("PACKAGE") { Description = "application name, appDId, package id, or its beginning" };
        var name = new Option<string>("--name") { Description = "name of the instance (default: the application's name)", HelpName = "NAME" };
        var description = new Option<string>("--description") { Description = "free text", HelpName = "TEXT" };
        var id = new Option<string>("--id") { Description = "your own id for it, a GUID", HelpName = "GUID" };
        return verbs.Verb("create", "make the record of an instance; nothing runs yet", [package, name, description, id], async run =>
        {
            var from = await run.Meo.PackageAsync(run.Get(package), run.Stop);
            var request = new CreateAppInstanceRequest
            {
                AppPackageId = from.AppPackageId,
                AppInstanceName = run.Get(name) ?? from.AppName,
                AppInstanceDescription = run.Get(description) ?? "",
                AppInstanceId = run.Get(id) ?? "",
            };
            var made = (await run.Meo.Ask(o => run.Meo.Lifecycle.CreateAppInstanceAsync(request, o), run.Stop)).AppInstance;
            run.Answer(made, console => console.Line($"created: {made.AppInstanceName} ({made.AppInstanceId}); next: mano instance instantiate {made.AppInstanceName}"));
            return ExitCode.Done;
        });
    }

    private static Command Operate(Verbs verbs, OperateTo to)
    {
        var which = Which();
        var ending = new OperationEnding();
        var graceful = TimeFlag.Create("--graceful", "how long the application may take to finish (default: stopped at once)");
        var starts = to == OperateTo.Started;
        Symbol[] symbols = starts ? [which, .. ending.Flags] : [which, graceful, .. ending.Flags];
        return verbs.Verb(starts ? "start" : "stop", starts ? "start a stopped instance" : "stop a running instance; it keeps its place", symbols, async run =>
        {
            var instance = await run.Meo.InstanceAsync(run.Get(which), run.Stop);
            var request = new OperateAppInstanceRequest
            {
                AppInstanceId = instance.AppInstanceId,
                ChangeStateTo = to,
                GracefulStopTimeout = starts ? null : OperationEnding.OrAbsent(run.Get(graceful)),
                Timeout = ending.TimeoutOf(run),
            };
            var answer = await run.Meo.Ask(o => run.Meo.Lifecycle.OperateAppInstanceAsync(request, o), run.Stop);
            return await ending.FinishAsync(run, answer.Operation);
        });
    }

    private static Command Terminate(Verbs verbs)
    {
        var which = Which();
        var ending = new OperationEnding();
        var graceful = TimeFlag.Create("--graceful", "how long the application may take to finish (default: ended at once)");
        var force = Force();
        return verbs.Verb("terminate", "take an instance down and give everything back; a running operation of it is cancelled first", [which, graceful, force, .. ending.Flags], async run =>
        {
            var instance = await run.Meo.InstanceAsync(run.Get(which), run.Stop);
            var request = new TerminateAppInstanceRequest
            {
                AppInstanceId = instance.AppInstanceId,
                GracefulTerminationTimeout = OperationEnding.OrAbsent(run.Get(graceful)),
                Timeout = ending.TimeoutOf(run),
                Force = run.Get(force),
            };
            var answer = await run.Meo.Ask(o => run.Meo.Lifecycle.TerminateAppInstanceAsync(request, o), run.Stop);
            return await ending.FinishAsync(run, answer.Operation);
        });
    }

    private static Command Delete(Verbs verbs)
    {
        var which = Which();
        var force = Force();
        return verbs.Verb("delete", "remove the record of an instance that is not instantiated", [which, force], async run =>
        {
            var instance = await run.Meo.InstanceAsync(run.Get(which), run.Stop);
            var answer = await run.Meo.Ask(
                o => run.Meo.Lifecycle.DeleteAppInstanceAsync(new DeleteAppInstanceRequest { AppInstanceId = instance.AppInstanceId, Force = run.Get(force) }, o),
                run.Stop);
            run.Answer(answer, console => console.Line($"deleted: {instance.AppInstanceName} ({instance.AppInstanceId})"));
            if (answer.Operation is not null && instance.Location is { SiteId.Length: > 0 } at)
            {
                run.Remark($"What may still run at site {at.SiteId} is removed when it is back ('mano site debts' shows it).");
            }

            return ExitCode.Done;
        });
    }

    private static Option<bool> Force() => new("--force")
    {
        Description = "do not wait for a site that is LOST or LEFT; what may still run there is removed when it is back",
    };
}
