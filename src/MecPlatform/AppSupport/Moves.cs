using System.Text.Json;
using Mano.Mesh.Failures;

namespace Mano.MecPlatform.AppSupport;

/// <summary>
/// The state machine of an application instance: each method is one thing that happens to it. Pure: record in, record
/// out; the same record out means that nothing changed. An illegal move throws and names the present state and the
/// ones that would do. Drains are in <see cref="DrainMoves"/>; the picture is in docs/theory/platform.md.
/// </summary>
internal static class Moves
{
    /// <summary>How long before a restart is told its confirm_ready may have come. Longer than any watch of a VIM lags; shorter than an application serves between two restarts.</summary>
    public static readonly TimeSpan EarlyConfirmationLasts = TimeSpan.FromSeconds(10);

    /// <summary>Refuses what is older than the last seen, also after a removal.</summary>
    public static void Fence(ApplicationRecord? present, long generation)
    {
        if (present is not null && generation < present.Generation)
        {
            throw Failure.Conflict(
                "STALE_GENERATION",
                $"This call answers generation {generation} of {present.AppInstanceId}, but generation {present.Generation} was seen already{(present.Removed ? ", and the instance was removed with it" : string.Empty)}: read the intent again.",
                present.Subject).ToException();
        }
    }

    /// <summary>The MEPM stores rules and services.</summary>
    public static ApplicationRecord Configured(
        ApplicationRecord? present, string appInstanceId, long generation, PlatformConfiguration configuration, DateTimeOffset now)
    {
        if (present is null or { Removed: true })
        {
            return new ApplicationRecord
            {
                AppInstanceId = appInstanceId,
                Generation = generation,
                Configuration = configuration,
                PhaseTime = now,
                Message = "Configured; waits to be told that the application runs.",
            };
        }

        var next = present with { Generation = Math.Max(generation, present.Generation) };
        if (Same(present.Configuration, configuration) && (present.Phase != Phase.Drained || generation == present.Generation))
        {
            return next with { Configuration = present.Configuration with { Digest = configuration.Digest } };
        }

        return present.Phase switch
        {
            Phase.Draining => throw Illegal(present, "be configured differently", Phase.Configured, Phase.AwaitingReady, Phase.Activating, Phase.Active, Phase.Failed, Phase.Drained),
            Phase.Drained when generation <= present.Generation => throw Illegal(present, $"be configured differently under generation {generation}, with which it was drained", Phase.Configured, Phase.AwaitingReady, Phase.Activating, Phase.Active, Phase.Failed),
            Phase.Drained => Configured(null, appInstanceId, generation, configuration, now),
            _ when present.Ready => Enter(Kept(next, configuration), Phase.Activating, "A newer configuration is being activated.", now),
            Phase.Failed => Enter(Kept(next, configuration), Phase.AwaitingReady, WaitsFor(configuration), now),
            _ => Kept(next, configuration),
        };
    }

    /// <summary>The application runs at the endpoint. Another incarnation than before has to become ready anew.</summary>
    public static ApplicationRecord Running(ApplicationRecord present, long generation, InstanceEndpoint endpoint, string incarnation, DateTimeOffset now)
    {
        var same = present.Endpoint is not null && present.Incarnation == incarnation;
        switch (present.Phase)
        {
            case Phase.Draining:
                return same ? present with { Generation = generation } : DrainMoves.Hurried(present with { Generation = generation }, now);
            case Phase.Drained when generation <= present.Generation:
                throw Illegal(present, $"run under generation {generation}, with which it was drained", Phase.Configured, Phase.AwaitingReady, Phase.Activating, Phase.Active, Phase.Failed);
        }

        var next = present with { Generation = generation, Endpoint = endpoint, Incarnation = incarnation, Drain = null };
        if (same && endpoint.SameAs(present.Endpoint))
        {
            return next;
        }

        if (same && present.Ready)
        {
            return Enter(next, Phase.Activating, $"The application moved to {endpoint.Address}.", now);
        }

        return IsReadyAtOnce(present, now)
            ? Ready(next with { Ready = false, EarlyConfirmation = null, Phase = Phase.AwaitingReady }, now)
            : Enter(next with { Ready = false, EarlyConfirmation = null }, Phase.AwaitingReady, WaitsFor(present.Configuration), now);
    }

    /// <summary>The application does not run any more.</summary>
    public static ApplicationRecord NotRunning(ApplicationRecord present, long generation, DateTimeOffset now)
    {
        var next = present with { Generation = generation, Endpoint = null, Incarnation = string.Empty, EarlyConfirmation = null };
        return present.Phase switch
        {
            Phase.Draining => DrainMoves.Hurried(next, now),
            Phase.Configured or Phase.Drained => next with { EarlyConfirmation = present.EarlyConfirmation },
            _ => Enter(next with { Ready = false }, Phase.Configured, "The application does not run.", now),
        };
    }

    /// <summary>The application said confirm_ready, or its probe succeeded.</summary>
    public static ApplicationRecord Ready(ApplicationRecord present, DateTimeOffset now) => present.Phase switch
    {
        Phase.Draining or Phase.Drained =>
            throw Illegal(present, "become ready", Phase.Configured, Phase.AwaitingReady, Phase.Activating, Phase.Active, Phase.Failed),
        Phase.AwaitingReady or Phase.Failed when !present.Ready =>
            Enter(present with { Ready = true, EarlyConfirmation = null }, Phase.Activating, "Ready; rules are being activated.", now),
        _ => present with { EarlyConfirmation = now },
    };

    /// <summary>The probe did not succeed in all its attempts; it goes on slowly.</summary>
    public static ApplicationRecord NotReady(ApplicationRecord present, Failure why, DateTimeOffset now) =>
        present.Phase == Phase.AwaitingReady ? Enter(present, Phase.Failed, why.Message, now) with { Failure = why } : present;

    /// <summary>All rules took effect.</summary>
    public static ApplicationRecord Activated(ApplicationRecord present, string message, DateTimeOffset now) => present.Phase switch
    {
        Phase.Activating => Enter(present, Phase.Active, message, now),
        _ => throw Illegal(present, "have its rules activated", Phase.Activating),
    };

    /// <summary>All rules took effect except that names are not answered yet.</summary>
    public static ApplicationRecord NamesWait(ApplicationRecord present, string why, DateTimeOffset now) => present.Phase switch
    {
        Phase.Activating => Enter(present, Phase.Activating, $"Traffic and services act; names do not yet: {why}.", now),
        _ => throw Illegal(present, "wait for its names", Phase.Activating),
    };

    /// <summary>A rule could not take effect.</summary>
    public static ApplicationRecord NotActivated(ApplicationRecord present, Failure why, DateTimeOffset now) => present.Phase switch
    {
        Phase.Activating or Phase.Active => Enter(present, Phase.Failed, why.Message, now) with { Failure = why },
        _ => throw Illegal(present, "fail to have its rules activated", Phase.Activating, Phase.Active),
    };

    /// <summary>Tries again to activate after a failure.</summary>
    public static ApplicationRecord Retried(ApplicationRecord present, DateTimeOffset now) =>
        present is { Phase: Phase.Failed, Ready: true } ? Enter(present, Phase.Activating, "Rules are being activated again.", now) : present;

    /// <summary>The application switched one of its rules on or off (MEC 011, PUT of a rule).</summary>
    public static ApplicationRecord RuleSwitched(ApplicationRecord present, bool traffic, string ruleId, bool on, DateTimeOffset now)
    {
        var off = traffic ? present.TrafficRulesOff : present.DnsRulesOff;
        if (off.Contains(ruleId) != on)
        {
            return present;
        }

        IReadOnlyList<string> changed = on ? [.. off.Where(r => r != ruleId)] : [.. off, ruleId];
        var next = traffic ? present with { TrafficRulesOff = changed } : present with { DnsRulesOff = changed };
        return present.Phase == Phase.Active ? Enter(next, Phase.Activating, "The application switched a rule.", now) : next;
    }

    /// <summary>Nothing is left but the generation.</summary>
    public static ApplicationRecord RemovedRecord(string appInstanceId, long generation, DateTimeOffset now) => new()
    {
        AppInstanceId = appInstanceId,
        Generation = generation,
        Removed = true,
        PhaseTime = now,
    };

    internal static ApplicationRecord Enter(ApplicationRecord record, Phase phase, string message, DateTimeOffset now) =>
        record with { Phase = phase, Message = message, PhaseTime = record.Phase == phase ? record.PhaseTime : now, Failure = null };

    internal static FailureException Illegal(ApplicationRecord present, string move, params Phase[] allowed)
    {
        string[] names = [.. allowed.Select(a => a.Spell())];
        return Failure.IllegalState(
            "ILLEGAL_STATE",
            $"Instance {present.AppInstanceId} is {present.Phase.Spell()} and cannot {move}; it could in {string.Join(", ", names)}.",
            present.Subject,
            present.Phase.Spell(),
            names).ToException();
    }

    private static bool IsReadyAtOnce(ApplicationRecord present, DateTimeOffset now) =>
        present.Configuration is { SupportsMp1: false, ReadinessPort: 0 }
        || (present.EarlyConfirmation is { } early && (present.Phase == Phase.Configured || now - early <= EarlyConfirmationLasts));

    private static string WaitsFor(PlatformConfiguration configuration) => configuration.SupportsMp1
        ? "Waits for confirm_ready over Mp1."
        : $"Waits until port {configuration.ReadinessPort} accepts connections.";

    /// <summary>Rules that are gone are not switched off any more.</summary>
    private static ApplicationRecord Kept(ApplicationRecord record, PlatformConfiguration configuration) => record with
    {
        Configuration = configuration,
        TrafficRulesOff = [.. record.TrafficRulesOff.Where(off => configuration.TrafficRules.Any(r => r.Id == off))],
        DnsRulesOff = [.. record.DnsRulesOff.Where(off => configuration.DnsRules.Any(r => r.Id == off))],
    };

    /// <summary>Records compare their lists by reference; what counts is what would be stored.</summary>
    private static bool Same(PlatformConfiguration left, PlatformConfiguration right) =>
        JsonSerializer.SerializeToUtf8Bytes(left with { Digest = string.Empty }, ApplicationJson.Default.PlatformConfiguration).AsSpan()
            .SequenceEqual(JsonSerializer.SerializeToUtf8Bytes(right with { Digest = string.Empty }, ApplicationJson.Default.PlatformConfiguration));
}
