using Mano.Mepm.Hosts;
using Mano.Mepm.Platforms;

namespace Mano.Mepm.Tests.Units;

/// <summary>What a watch told, against what a call answered.</summary>
public sealed class Told_and_answered
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly Echoes<PlatformApplication> echoes = new(static (answered, told) => told.IsKnownBy(answered));

    [Theory]
    [InlineData(PlatformPhase.Active, 2, 1, "", false)] // the same
    [InlineData(PlatformPhase.Activating, 1, 1, "", false)] // on the way there: the watch lags
    [InlineData(PlatformPhase.Failed, 3, 1, "", true)] // after it
    [InlineData(PlatformPhase.Active, 2, 1, "Somebody meddled.", true)] // in the same phase, another way
    [InlineData(PlatformPhase.Configured, 1, 2, "", true)] // somebody of a newer generation
    public async Task Is_news_unless_the_platform_was_so_when_it_answered_or_before(PlatformPhase phase, int second, long generation, string message, bool isNews)
    {
        await echoes.Ask("a", () => Task.FromResult(At(PlatformPhase.Active, 2)));

        Assert.True(echoes.Told("a", At(phase, second) with { Generation = generation, Message = message }));

        Assert.Equal(isNews, echoes.IsNews("a"));
    }

    [Fact]
    public async Task Is_news_while_a_call_is_under_way_and_after_it_failed()
    {
        var answer = new TaskCompletionSource<PlatformApplication>();
        var call = echoes.Ask("a", () => answer.Task);
        echoes.Told("a", At(PlatformPhase.Active, 2));
        Assert.True(echoes.IsNews("a"));

        answer.SetException(new TimeoutException());
        await Assert.ThrowsAsync<TimeoutException>(() => call);
        Assert.True(echoes.IsNews("a"));
    }

    [Fact]
    public async Task What_was_never_asked_about_is_not_kept_and_what_the_call_did_not_find_is_forgotten()
    {
        Assert.False(echoes.Told("a", At(PlatformPhase.Active, 2)));

        await echoes.Ask("b", () => Task.FromResult<PlatformApplication?>(null));
        Assert.False(echoes.Told("b", At(PlatformPhase.Active, 2)));
    }

    private static PlatformApplication At(PlatformPhase phase, int second) => new()
    {
        AppInstanceId = "a", Generation = 1, Phase = phase, PhaseTime = Start.AddSeconds(second),
    };
}
