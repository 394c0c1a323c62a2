using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Mano.Samples.HelloEdge;

/// <summary>The application's side of Mp1 (MEC 011 §7.1): subscribe to termination, confirm readiness, confirm termination.</summary>
internal sealed class MecPlatformClient(Settings settings, TimeProvider time) : IDisposable
{
    public const string NotificationPath = "/mp1/notifications";

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    private readonly HttpClient _http = new(new SocketsHttpHandler { ConnectCallback = (context, stop) => ConnectFrom(settings.EndPoint.Address, context.DnsEndPoint, stop) })
    {
        Timeout = TimeSpan.FromSeconds(5),
    };

    private readonly CancellationTokenSource _ended = new();

    /// <summary>Subscribes, then says it is ready; goes on trying, because the platform may be restarting.</summary>
    public async Task AnnounceReady(CancellationToken stop)
    {
        if (settings.Mp1 is null)
        {
            return;
        }

        var subscription = new Dictionary<string, string>
        {
            ["subscriptionType"] = "AppTerminationNotificationSubscription",
            ["callbackReference"] = $"http://{settings.EndPoint}{NotificationPath}",
            ["appInstanceId"] = settings.AppInstanceId,
        };
        var isReady = await PostUntilTaken("subscriptions", subscription, stop)
            && await PostUntilTaken("confirm_ready", new() { ["indication"] = "READY" }, stop);
        if (isReady)
        {
            Console.WriteLine($"hello-edge {settings.AppInstanceId} is ready");
        }
    }

    /// <summary>In the background: the notification must be answered before the confirmation can be taken.</summary>
    public void ConfirmTermination(string action) =>
        _ = PostUntilTaken("confirm_termination", new() { ["operationAction"] = action }, _ended.Token);

    public void Dispose()
    {
        _ended.Cancel();
        _ended.Dispose();
        _http.Dispose();
    }

    private async Task<bool> PostUntilTaken(string resource, Dictionary<string, string> body, CancellationToken stop)
    {
        var url = new Uri(settings.Mp1!, $"mec_app_support/v1/applications/{settings.AppInstanceId}/{resource}");
        var json = JsonSerializer.Serialize(body, SampleJson.Default.DictionaryStringString);
        for (var pause = FirstPause; ; pause = pause < LongestPause ? pause * 2 : LongestPause)
        {
            try
            {
                using var content = new StringContent(json, Encoding.UTF8, "application/json");
                using var answer = await _http.PostAsync(url, content, stop);
                if (answer.IsSuccessStatusCode)
                {
                    return true;
                }

                Console.Error.WriteLine($"POST {url}: {(int)answer.StatusCode}");
                if (resource == "confirm_termination" && answer.StatusCode is HttpStatusCode.Conflict or HttpStatusCode.NotFound)
                {
                    // Nothing waits for it any more.
                    return false;
                }
            }
            catch (Exception e) when (e is HttpRequestException or TaskCanceledException && !stop.IsCancellationRequested)
            {
                Console.Error.WriteLine($"POST {url}: {e.Message}");
            }
            catch (OperationCanceledException)
            {
                return false;
            }

            if (!await Pause(pause, stop))
            {
                return false;
            }
        }
    }

    /// <summary>From its own address, by which the platform knows it; from any, where the machine does not let it.</summary>
    private static async ValueTask<Stream> ConnectFrom(IPAddress own, DnsEndPoint platform, CancellationToken stop)
    {
        foreach (var from in new[] { own, null })
        {
            var socket = from is null ? new Socket(SocketType.Stream, ProtocolType.Tcp) : new Socket(from.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                if (from is not null)
                {
                    socket.Bind(new IPEndPoint(from, 0));
                }

                await socket.ConnectAsync(platform, stop);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (SocketException) when (from is not null)
            {
                socket.Dispose();
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }

        throw new UnreachableException();
    }

    private async Task<bool> Pause(TimeSpan pause, CancellationToken stop)
    {
        try
        {
            await Task.Delay(pause, time, stop);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
