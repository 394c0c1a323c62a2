using Google.Protobuf.WellKnownTypes;
using Mano.Chaos.History;
using Mano.Lifecycle.V1;

namespace Mano.Chaos.Workload;

/// <summary>The calls on one instance, with their requests.</summary>
internal sealed class InstanceCalls(Caller caller, Dice dice)
{
    public Task<Answer> Create(string instance, ChaosApp app, CancellationToken cancel)
    {
        var request = new CreateAppInstanceRequest { AppInstanceId = instance, AppPackageId = app.PackageId, AppInstanceName = $"chaos-{app.Number}" };
        return caller.Call(Verb.Create, instance, async (meo, options) =>
        {
            await meo.CreateAppInstanceAsync(request, options);
            return null;
        }, cancel);
    }

    public Task<Answer> Delete(string instance, CancellationToken cancel) => caller.Call(Verb.Delete, instance, async (meo, options) =>
    {
        await meo.DeleteAppInstanceAsync(new() { AppInstanceId = instance }, options);
        return null;
    }, cancel);

    /// <summary>Instantiate, Start, Stop or Terminate.</summary>
    public Task<Answer> Ask(Verb verb, string instance, CancellationToken cancel)
    {
        var timeout = verb != Verb.Terminate && dice.Chance(0.1) ? Duration.FromTimeSpan(TimeSpan.FromSeconds(2 + dice.Below(6))) : null;
        var graceful = verb is Verb.Terminate or Verb.Stop && dice.Chance(0.3) ? Duration.FromTimeSpan(TimeSpan.FromSeconds(1)) : null;
        return caller.Call(verb, instance, async (meo, options) => verb switch
        {
            Verb.Instantiate => (await meo.InstantiateAppInstanceAsync(new() { AppInstanceId = instance, Timeout = timeout }, options)).Operation.OperationId,
            Verb.Start => (await meo.OperateAppInstanceAsync(
                new() { AppInstanceId = instance, ChangeStateTo = OperateTo.Started, Timeout = timeout }, options)).Operation.OperationId,
            Verb.Stop => (await meo.OperateAppInstanceAsync(
                new() { AppInstanceId = instance, ChangeStateTo = OperateTo.Stopped, GracefulStopTimeout = graceful, Timeout = timeout }, options)).Operation.OperationId,
            _ => (await meo.TerminateAppInstanceAsync(new() { AppInstanceId = instance, GracefulTerminationTimeout = graceful }, options)).Operation.OperationId,
        }, cancel);
    }
}
