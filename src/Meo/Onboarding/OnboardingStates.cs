using System.Text.Json.Serialization;
using Mano.Mesh.Failures;

namespace Mano.Meo.Onboarding;

/// <summary>onboardingState of MEC 010-2 §6.2.3.3.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<OnboardingState>))]
internal enum OnboardingState
{
    [JsonStringEnumMemberName("CREATED")] Created,
    [JsonStringEnumMemberName("UPLOADING")] Uploading,
    [JsonStringEnumMemberName("PROCESSING")] Processing,
    [JsonStringEnumMemberName("ONBOARDED")] Onboarded,
}

/// <summary>The moves between onboarding states. Failure of an upload leads back to CREATED, as in SOL005.</summary>
internal static class OnboardingStates
{
    private static readonly (OnboardingState From, OnboardingState To)[] Moves =
    [
        (OnboardingState.Created, OnboardingState.Uploading),
        (OnboardingState.Uploading, OnboardingState.Processing),
        (OnboardingState.Processing, OnboardingState.Onboarded),
        (OnboardingState.Uploading, OnboardingState.Created),
        (OnboardingState.Processing, OnboardingState.Created),
    ];

    /// <summary>The record in its next state; throws, naming both states, if there is no such move.</summary>
    internal static PackageRecord MoveTo(this PackageRecord record, OnboardingState to, DateTimeOffset now) =>
        Moves.Contains((record.State, to))
            ? record with { State = to, UpdateTime = now }
            : throw new InvalidOperationException(
                $"Package {record.AppPkgId} cannot move from {Name(record.State)} to {Name(to)}; from {Name(record.State)} it can move to "
                + $"{string.Join(", ", Moves.Where(m => m.From == record.State).Select(m => Name(m.To)))}.");

    /// <summary>The state as the API spells it.</summary>
    internal static string Name(OnboardingState state) => state.ToString().ToUpperInvariant();

    /// <summary>A refusal because of the state.</summary>
    internal static Failure Illegal(PackageRecord record, string wish, params IReadOnlyList<string> allowed) => Failure.IllegalState(
        "PACKAGE_STATE", $"Package {record.AppPkgId} is {Name(record.State)}; {wish} needs {string.Join(" or ", allowed)}.",
        record.Subject, Name(record.State), allowed);
}
