using System.Text.Json;

namespace Mano.Samples.HelloEdge;

/// <summary>What the application does: greets, counts its visits, and takes notice when it is to end.</summary>
internal sealed class Application(Settings settings, MecPlatformClient platform)
{
    private int _visits;

    public HttpAnswer Answer(HttpRequest request) => (request.Method, request.Path) switch
    {
        ("GET" or "HEAD", "/") => HttpAnswer.Text(200, Greet()),
        ("GET" or "HEAD", "/health") => HttpAnswer.Text(200, "ok\n"),
        ("POST", MecPlatformClient.NotificationPath) => TakeNotice(request.Body),
        _ => HttpAnswer.Text(404, $"There is no {request.Path} here; / greets.\n"),
    };

    public string Greet() => $"""
        Hello from the edge.
        instance  {settings.AppInstanceId}
        site      {settings.Site}
        visit     {Interlocked.Increment(ref _visits)}

        """;

    /// <summary>AppTerminationNotification (MEC 011 §7.1.3). There is no work to finish, so the answer is immediate.</summary>
    private HttpAnswer TakeNotice(string body)
    {
        try
        {
            using var notification = JsonDocument.Parse(body);
            var action = notification.RootElement.GetProperty("operationAction").GetString();
            if (action is not ("STOPPING" or "TERMINATING"))
            {
                return HttpAnswer.Text(400, "operationAction is neither STOPPING nor TERMINATING.\n");
            }

            Console.WriteLine($"hello-edge {settings.AppInstanceId} is told: {action}, after {_visits} visits");
            platform.ConfirmTermination(action);
            return HttpAnswer.Empty(204);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return HttpAnswer.Text(400, "That is no AppTerminationNotification.\n");
        }
    }
}
