using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using Mano.Testing;

namespace Mano.Packages.Tests.RunningSamples;

/// <summary>The samples as the processes they are, against a MEC platform that is a few lines here.</summary>
public sealed class SampleTests
{
    [Fact]
    public async Task Hello_edge_reports_readiness_greets_and_confirms_its_termination()
    {
        await using var platform = new FakeMp1();
        var port = DaemonProcess.FreePort();
        await using var app = Start("hello-edge", "HTTP", port, ("MANO_MP1_URL", platform.Url), ("MANO_APP_INSTANCE_ID", "i-1"), ("MANO_SITE_ID", "edge-a"));

        // The platform is not ready for it at first: the application goes on trying.
        await Eventually.Is(() => platform.Calls.Count > 1);
        platform.Accepts = true;
        await Eventually.Is(() => platform.Taken.Any(c => c.Path == "/mec_app_support/v1/applications/i-1/confirm_ready"));
        Assert.Equal("""{"indication":"READY"}""", platform.Taken[^1].Body);
        var subscription = platform.Taken[0];
        Assert.Equal("/mec_app_support/v1/applications/i-1/subscriptions", subscription.Path);
        Assert.Contains($"\"callbackReference\":\"http://127.0.0.1:{port}/mp1/notifications\"", subscription.Body, StringComparison.Ordinal);

        using var http = new HttpClient { BaseAddress = new($"http://127.0.0.1:{port}") };
        var page = await http.GetStringAsync("/");
        Assert.Contains("instance  i-1", page, StringComparison.Ordinal);
        Assert.Contains("site      edge-a", page, StringComparison.Ordinal);
        Assert.Contains("visit     2", await http.GetStringAsync("/"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync("/nowhere")).StatusCode);

        Assert.Equal(HttpStatusCode.BadRequest, (await http.PostAsync("/mp1/notifications", new StringContent("{}"))).StatusCode);
        var told = await http.PostAsJsonAsync("/mp1/notifications", new { notificationType = "AppTerminationNotification", operationAction = "TERMINATING", maxGracefulTimeout = 10 });
        Assert.Equal(HttpStatusCode.NoContent, told.StatusCode);
        await Eventually.Is(() => platform.Taken.Any(c => c is { Path: "/mec_app_support/v1/applications/i-1/confirm_termination", Body: """{"operationAction":"TERMINATING"}""" }));
        Assert.False(app.HasExited); // it is the VIM that ends it
    }

    [Fact]
    public async Task Quiet_echo_echoes_and_needs_no_platform()
    {
        var port = DaemonProcess.FreePort();
        await using var app = Start("quiet-echo", "ECHO", port);
        await Eventually.Is(() => app.Output.Any(l => l.Contains("listens", StringComparison.Ordinal)));
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port);
        var stream = client.GetStream();

        await stream.WriteAsync("are you there?"u8.ToArray());

        var answer = new byte[14];
        await stream.ReadExactlyAsync(answer).AsTask().Soon();
        Assert.Equal("are you there?", Encoding.ASCII.GetString(answer));
    }

    private static ChildProcess Start(string sample, string portName, int port, params (string Name, string Value)[] more)
    {
        var environment = more.ToDictionary(m => m.Name, m => m.Value);
        environment["MANO_ADDRESS"] = "127.0.0.1";
        environment[$"MANO_PORT_{portName}"] = port.ToString(CultureInfo.InvariantCulture);
        return ChildProcess.Start(Path.Combine(Repository.Folder, "samples", sample, "package", "Artifacts", "bin", sample), [], environment);
    }
}
