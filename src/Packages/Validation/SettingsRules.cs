using Mano.Packages.AppD;
using Mano.Packages.Reading;

namespace Mano.Packages.Validation;

/// <summary>Latency is in nanoseconds, which is easily mistaken.</summary>
internal sealed class LatencyRule : IDescriptorRule
{
    private const long Implausible = 10_000;

    public void Check(AppDescriptor app, ReadingContext context)
    {
        if (app.AppLatency is not { } latency)
        {
            return;
        }

        var at = context.Sources.At(latency, "maxLatency");
        if (latency.MaxLatency == 0 && at != context.Sources.At(latency))
        {
            context.Faults.Error("bad-value", at, "maxLatency must be above 0.");
        }
        else if (latency.MaxLatency is > 0 and < Implausible)
        {
            context.Faults.Warn("latency-unit", at, $"maxLatency is in nanoseconds; {latency.MaxLatency} ns is less than any network needs. 20 ms is 20000000.");
        }
    }
}

/// <summary>The recommended maximum is not below the minimum.</summary>
internal sealed class OperationTimesRule : IDescriptorRule
{
    public void Check(AppDescriptor app, ReadingContext context)
    {
        if (app.TerminateAppInstanceOpConfig is { MaxRecommendedGracefulTerminationTimeout: { } most } terminate && most < terminate.MinGracefulTerminationTimeout)
        {
            context.Faults.Error("bad-value", context.Sources.At(terminate, "maxRecommendedGracefulTerminationTimeout"),
                $"The recommended maximum ({most} s) is below the minimum ({terminate.MinGracefulTerminationTimeout} s).");
        }

        if (app.ChangeAppInstanceStateOpConfig is { MaxRecommendedGracefulStopTimeout: { } longest } change && longest < change.MinGracefulStopTimeout)
        {
            context.Faults.Error("bad-value", context.Sources.At(change, "maxRecommendedGracefulStopTimeout"),
                $"The recommended maximum ({longest} s) is below the minimum ({change.MinGracefulStopTimeout} s).");
        }
    }
}

/// <summary>userContextTransferSupport is present if and only if the application is stateful (MEC 010-2 §6.2.1.20).</summary>
internal sealed class ContextTransferRule : IDescriptorRule
{
    public void Check(AppDescriptor app, ReadingContext context)
    {
        switch (app.UserContextTransferCapability)
        {
            case { StatefulApplication: true, UserContextTransferSupport: null } stateful:
                context.Faults.Error("missing-attribute", context.Sources.At(stateful), "A stateful application says whether it supports user context transfer (userContextTransferSupport).");
                break;
            case { StatefulApplication: false, UserContextTransferSupport: not null } stateless:
                context.Faults.Error("bad-value", context.Sources.At(stateless, "userContextTransferSupport"), "userContextTransferSupport belongs to stateful applications alone; leave it out, or set statefulApplication.");
                break;
        }
    }
}

/// <summary>A service is required or optional, not both, and an application does not depend on what it produces itself.</summary>
internal sealed class ServiceRule : IDescriptorRule
{
    public void Check(AppDescriptor app, ReadingContext context)
    {
        foreach (var service in app.AppServiceOptional.Where(o => app.AppServiceRequired.Any(r => r.SerName == o.SerName && r.Version == o.Version)))
        {
            context.Faults.Warn("service-twice", context.Sources.At(service), $"The service {service.SerName} is required and optional; it counts as required.");
        }

        foreach (var twice in app.AppServiceProduced.GroupBy(s => (s.SerName, s.Version)).Where(g => g.Count() > 1))
        {
            context.Faults.Error("duplicate-id", context.Sources.At(twice.Last()), $"The service {twice.Key.SerName} {twice.Key.Version} is produced twice.");
        }
    }
}
