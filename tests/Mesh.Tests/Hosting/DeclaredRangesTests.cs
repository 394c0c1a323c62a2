using System.ComponentModel.DataAnnotations;
using Mano.Mesh.Hosting;

namespace Mano.Mesh.Tests.Hosting;

public sealed class DeclaredRangesTests
{
    [Fact]
    public void Every_attribute_that_does_not_hold_is_named_with_what_stands_before_it()
    {
        var faults = DeclaredRanges.FaultsOf(new Ranged { Patience = TimeSpan.FromHours(2), Tries = 0 }, "loop.");
        Assert.Equal(["loop.Patience", "loop.Tries"], faults.Select(f => f.Path).Order());
        Assert.Empty(DeclaredRanges.FaultsOf(new Ranged(), "loop."));
    }

    [Fact]
    public async Task Two_threads_never_ask_an_attribute_at_once()
    {
        using var together = new Barrier(2);
        await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Task.Factory.StartNew(
            () =>
            {
                together.SignalAndWait();
                DeclaredRanges.FaultsOf(new Attended(), "");
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));

        Assert.Equal(1, AloneAttribute.Most);
    }

    private sealed record Ranged
    {
        [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
        public TimeSpan Patience { get; init; }

        [Range(1, 3)]
        public int Tries { get; init; } = 1;
    }

    private sealed record Attended
    {
        [Alone]
        public string Text { get; init; } = "";
    }

    /// <summary>Lingers in its question until another asks it too, or long enough that another would have.</summary>
    [AttributeUsage(AttributeTargets.Property)]
    private sealed class AloneAttribute : ValidationAttribute
    {
        private static int inside;

        public static int Most { get; private set; }

        public override bool IsValid(object? value)
        {
            Most = Math.Max(Most, Interlocked.Increment(ref inside));
            SpinWait.SpinUntil(() => Volatile.Read(ref inside) > 1, TimeSpan.FromMilliseconds(500));
            Interlocked.Decrement(ref inside);
            return true;
        }
    }
}
