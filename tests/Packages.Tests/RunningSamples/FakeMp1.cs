using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Mano.Packages.Tests.RunningSamples;

/// <summary>A port that takes POSTs: 404 until it accepts, then 204.</summary>
internal sealed class FakeMp1 : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly Task _serving;
    private ImmutableList<Call> _calls = [];

    internal FakeMp1()
    {
        _listener.Start();
        Url = $"http://{_listener.LocalEndpoint}";
        _serving = Serve();
    }

    internal string Url { get; }

    internal bool Accepts { get; set; }

    internal IReadOnlyList<Call> Calls => _calls;

    internal IReadOnlyList<Call> Taken => [.. _calls.Where(c => c.IsTaken)];

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _serving;
        _listener.Dispose();
        _end.Dispose();
    }

    private async Task Serve()
    {
        try
        {
            while (true)
            {
                using var client = await _listener.AcceptTcpClientAsync(_end.Token);
                await Answer(client.GetStream());
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }

    private async Task Answer(NetworkStream stream)
    {
        var text = new StringBuilder();
        var buffer = new byte[8192];
        while (!IsWhole(text.ToString()))
        {
            text.Append(Encoding.ASCII.GetString(buffer, 0, await stream.ReadAsync(buffer, _end.Token)));
        }

        var parts = text.ToString().Split("\r\n\r\n", 2);
        var isTaken = Accepts;
        ImmutableInterlocked.Update(ref _calls, c => c.Add(new(parts[0].Split(' ')[1], parts[1], isTaken)));
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {(isTaken ? "204 No Content" : "404 Not Found\r\nContent-Length: 0")}\r\nConnection: close\r\n\r\n"), _end.Token);
    }

    private static bool IsWhole(string text)
    {
        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        var length = text.Split("\r\n").FirstOrDefault(l => l.StartsWith("Content-Length: ", StringComparison.OrdinalIgnoreCase));
        return end >= 0 && (length is null || text.Length - end - 4 >= int.Parse(length[16..], System.Globalization.CultureInfo.InvariantCulture));
    }

    internal sealed record Call(string Path, string Body, bool IsTaken);
}
