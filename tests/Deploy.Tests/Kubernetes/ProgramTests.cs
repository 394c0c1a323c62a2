using System.Globalization;
using System.Text.RegularExpressions;
using Mano.Testing;

namespace Mano.Deploy.Tests.Kubernetes;

/// <summary>The manifests against the programs: arguments, ports, probes.</summary>
public sealed partial class ProgramTests
{
    public static TheoryData<string> Overlays => Rendered.Overlays;

    [KubectlTheory]
    [MemberData(nameof(Overlays))]
    public void Every_argument_is_expanded_and_accepted_by_the_program_itself(string overlay)
    {
        var ours = Rendered.Of(overlay).Ours().ToArray();
        Assert.NotEmpty(ours);
        foreach (var container in ours)
        {
            var arguments = container.Arguments();
            Assert.All(arguments, a => Assert.DoesNotContain("$(", a, StringComparison.Ordinal));
            Assert.Equal("", Programs.Refusal(container.Program!, arguments));
        }
    }

    [KubectlTheory]
    [MemberData(nameof(Overlays))]
    public void Every_port_that_a_program_is_told_to_listen_on_is_a_port_of_its_container_and_the_other_way_round(string overlay)
    {
        foreach (var container in Rendered.Of(overlay).Ours())
        {
            var told = container.Arguments().Select(a => Listening().Match(a)).Where(m => m.Success).ToArray();
            Assert.Equal(
                container.Ports().Select(p => p.Port).Distinct().Order(),
                told.Select(m => int.Parse(m.Groups["port"].Value, CultureInfo.InvariantCulture)).Order());
            Assert.All(told, m => Assert.Equal("0.0.0.0", m.Groups["address"].Value));
        }
    }

    /// <summary>Each container of ours is started with its own arguments, with only folders and addresses of this machine, and asked as the kubelet asks.</summary>
    [KubectlTheory]
    [MemberData(nameof(Overlays))]
    public async Task Every_probe_is_answered_by_the_running_program(string overlay)
    {
        using var http = new HttpClient();
        foreach (var container in Rendered.Of(overlay).Ours().Where(c => c.Probes().Any()))
        {
            using var folder = new TempFolder();
            await using var daemon = await DaemonProcess.StartAsync(container.Program!, Programs.OnThisMachine(container.Arguments(), folder));
            foreach (var (kind, probe) in container.Probes())
            {
                var port = container.Ports().Single(p => p.Name == probe.Text("httpGet", "port"));
                // Which flag says that port: --http=0.0.0.0:7402. The ready line says under that flag's name where it really is.
                var flag = container.Arguments().Single(a => a.EndsWith($":{port.Port}", StringComparison.Ordinal) && Listening().IsMatch(a)).Split('=')[0][2..];
                var answer = await http.GetAsync(new Uri($"{daemon.Ready[flag]}{probe.Text("httpGet", "path")}"));
                Assert.True(answer.IsSuccessStatusCode, $"{container.Id} {kind}: {answer.StatusCode}");
            }
        }
    }

    [GeneratedRegex("^--(?:grpc|http|dns|gateway)=(?<address>[^:]+):(?<port>[0-9]+)$")]
    private static partial Regex Listening();
}
