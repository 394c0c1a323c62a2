using System.Net.Sockets;
using Mano.Cli.Doctor;
using Mano.Cli.Terminal;
using Mano.Testing;
using Mano.Testing.Containers;

namespace Mano.Cli.Tests.Containers;

/// <summary>What people read when there is no engine, or not the right one.</summary>
[Collection(DockerEngine.Name)]
public sealed class EngineErrorTests(DockerEngine engine)
{
    [Fact]
    public async Task Without_an_engine_doctor_warns_and_says_how_to_get_one()
    {
        using var folder = new TempFolder();
        var finding = await AskAsync("unix://" + folder.File("none.sock"));
        Assert.Equal(Verdict.Warn, finding.Verdict);
        Assert.Contains("there is no such socket", finding.Seen, StringComparison.Ordinal);
        Assert.Contains("--engine", finding.Mend, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_socket_on_which_nobody_listens_is_said_to_be_that()
    {
        using var folder = new TempFolder();
        using (var left = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            left.Bind(new UnixDomainSocketEndPoint(folder.File("left.sock")));
            Assert.Contains("nobody listens on it", (await AskAsync("unix://" + folder.File("left.sock"))).Seen, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task An_engine_of_another_time_is_refused_with_both_versions()
    {
        using var folder = new TempFolder();
        await using var old = new CannedEngine(folder.File("old.sock"), "400 Bad Request", """{"message":"client version 1.41 is too new. Maximum supported API version is 1.39"}""");
        var finding = await AskAsync(old.Socket);
        Assert.Equal(Verdict.Warn, finding.Verdict);
        Assert.Contains("does not speak version 1.41", finding.Seen, StringComparison.Ordinal);
        Assert.Contains("1.39", finding.Seen, StringComparison.Ordinal);
        Assert.Contains("another release", finding.Mend, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_no_socket_at_all_is_told_as_such() =>
        Assert.Contains("is not a unix socket", (await AskAsync("tcp://127.0.0.1:2375")).Seen, StringComparison.Ordinal);

    [EngineFact]
    public async Task An_engine_that_can_all_is_named()
    {
        var finding = await AskAsync(engine.Socket);
        Assert.Equal((Verdict.Ok, "containers"), (finding.Verdict, finding.What));
        Assert.Contains("dockerd", finding.Seen, StringComparison.Ordinal);
    }

    [EngineFact]
    public async Task A_user_who_may_not_open_the_socket_reads_that()
    {
        using var folder = new TempFolder();
        var nobody = new[] { "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "env", $"HOME={folder.FullPath}", "dotnet" };
        var run = await ManoProcess.RunIn(nobody, folder, "doctor", "--port", "0", "--engine", engine.Socket);
        Assert.Contains("may not open", run.Out + run.Err, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Up_without_its_engine_is_refused_at_once_and_leaves_nothing_running()
    {
        using var folder = new TempFolder();
        var run = await ManoProcess.Run(folder, "up", "--port", "0", "--vim", "local-containers", "--engine", "unix://" + folder.File("none.sock"), "--data", folder.File("state"));
        Assert.Equal(ExitCode.Usage, run.Exit);
        Assert.Contains("there is no such socket", run.Err, StringComparison.Ordinal);
        Assert.Contains("--vim local-process", run.Err, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Err, StringComparison.Ordinal);
    }

    private static Task<Finding> AskAsync(string socket) => EngineCheck.AskAsync(socket, TimeProvider.System, default);

    /// <summary>Answers every request in one way.</summary>
    private sealed class CannedEngine : IAsyncDisposable
    {
        private readonly Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        private readonly byte[] answer;
        private readonly string path;
        private readonly Task serving;

        public CannedEngine(string path, string status, string body)
        {
            this.path = path;
            answer = System.Text.Encoding.UTF8.GetBytes($"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}");
            listener.Bind(new UnixDomainSocketEndPoint(path));
            listener.Listen();
            serving = Task.Run(ServeAsync);
        }

        public string Socket => "unix://" + path;

        public async ValueTask DisposeAsync()
        {
            listener.Dispose();
            await serving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        private async Task ServeAsync()
        {
            while (true)
            {
                using var client = await listener.AcceptAsync();
                await client.ReceiveAsync(new byte[4096]);
                await client.SendAsync(answer);
            }
        }
    }
}
