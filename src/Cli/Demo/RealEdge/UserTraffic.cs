using System.Net.Sockets;

namespace Mano.Cli.Demo.RealEdge;

/// <summary>
/// Requests of every kind at a steady pace, whether or not those before were answered, so that a pause of the network shows.
/// No request is repeated: one without an answer is lost.
/// </summary>
internal sealed class UserTraffic : IAsyncDisposable
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(250);

    private readonly TimeProvider clock;
    private readonly CancellationTokenSource ending = new();
    private readonly List<Task> running = [];
    private readonly long begun;

    public UserTraffic(EdgeDevice device, TimeProvider clock)
    {
        this.clock = clock;
        begun = clock.GetTimestamp();
        Begin("by address", stop => device.FetchAsync(EdgePlan.Cloud.ToString(), stop));
        Begin("by name", stop => device.FetchAsync(EdgePlan.DomainName, stop));
        Begin("datagrams", stop => device.SendAsync(EdgePlan.Cloud, stop));
    }

    public List<RequestTally> Tallies { get; } = [];

    public RequestCounts Counts => Tallies.Select(t => t.Counts).Aggregate((a, b) => a + b);

    /// <summary>No further request; returns when all have been answered or given up.</summary>
    public async Task EndAsync()
    {
        await ending.CancelAsync();
        await Task.WhenAll(running);
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        ending.Dispose();
    }

    private void Begin(string kind, Func<CancellationToken, Task<string>> ask)
    {
        var tally = new RequestTally(kind, Slice);
        Tallies.Add(tally);
        running.Add(Task.Run(() => GoOnAsync(tally, ask)));
    }

    private async Task GoOnAsync(RequestTally tally, Func<CancellationToken, Task<string>> ask)
    {
        var open = new List<Task>();
        using var timer = new PeriodicTimer(Pace, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(ending.Token))
            {
                open.RemoveAll(t => t.IsCompleted);
                open.Add(Task.Run(() => AskAsync(tally, ask)));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(open);
        }
    }

    private async Task AskAsync(RequestTally tally, Func<CancellationToken, Task<string>> ask)
    {
        var made = clock.GetTimestamp();
        var at = clock.GetElapsedTime(begun, made);
        try
        {
            var lines = (await ask(CancellationToken.None)).Split('\n', StringSplitOptions.TrimEntries);
            var (who, detail) = lines[0] switch
            {
                CloudServer.Greeting => (Answerer.Cloud, ""),
                "Hello from the edge." => (Answerer.Edge, lines[1].Replace("instance", "", StringComparison.Ordinal).Trim()),
                _ => (Answerer.Nobody, $"a strange answer: {lines[0]}"),
            };
            tally.Count(made, at, who, detail);
        }
        catch (Exception e) when (e is HttpRequestException or SocketException or IOException or TimeoutException)
        {
            tally.Count(made, at, Answerer.Nobody, e.GetBaseException().Message);
        }
        catch (OperationCanceledException)
        {
            tally.Count(made, at, Answerer.Nobody, "no answer in time");
        }
    }
}
