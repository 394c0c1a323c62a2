using Google.Protobuf;
using Grpc.Core;
using Mano.Cli.Connection;
using Mano.Cli.Terminal;
using Mano.Lifecycle.V1;

namespace Mano.Cli.Instances;

/// <summary>
/// <c>mano instance list --watch</c>: a line for each change, until Ctrl-C. A stream that breaks is opened again behind the last message that came, so
/// nothing is missed and nothing comes twice.
/// </summary>
internal sealed class InstanceNews(Invocation run, Action<WatchAppInstancesRequest> ask)
{
    private static readonly TimeSpan ReopenAfter = TimeSpan.FromMilliseconds(300);
    private static readonly JsonFormatter Line = new(JsonFormatter.Settings.Default);

    public async Task<ExitCode> TellAsync()
    {
        var request = new WatchAppInstancesRequest();
        ask(request);
        for (var away = false; ;)
        {
            try
            {
                using var watch = run.Meo.Lifecycle.WatchAppInstances(request, cancellationToken: run.Stop);
                await foreach (var news in watch.ResponseStream.ReadAllAsync(run.Stop))
                {
                    away = false;
                    request.ResumeToken = news.ResumeToken;
                    Tell(news);
                }
            }
            catch (RpcException e) when (e.StatusCode is StatusCode.Unavailable or StatusCode.Cancelled)
            {
                if (!away)
                {
                    run.Remark($"the MEO at {run.Meo.Address} is away; what changes meanwhile is told when it is back");
                }

                away = true;
            }
            catch (RpcException e)
            {
                throw MeoConnection.Explain(e, run.Meo.Address, "MEO").ToException();
            }

            await Task.Delay(ReopenAfter, run.Surroundings.Clock, run.Stop);
        }
    }

    private void Tell(WatchAppInstancesResponse news)
    {
        if (run.Json)
        {
            run.Surroundings.RawOut.WriteLine(Line.Format(news));
        }
        else if (news.AppInstance is { } instance)
        {
            var state = news.Deleted ? new Cell("deleted", "grey") : InstanceViews.State(instance);
            run.Out.Line(string.Join("  ", new[] { instance.AppInstanceId, state.Text, instance.AppInstanceName, instance.Location?.HostId ?? "" }.Where(t => t.Length > 0)), state.Style);
        }
    }
}
