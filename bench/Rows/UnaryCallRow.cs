using System.Buffers;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using Google.Protobuf;
using Grpc.Core;
using Mano.Mesh.Channels;
using Mano.Mesh.Hosting;
using Mano.Site.V1;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Mano.Bench.Rows;

/// <summary>One unary call through src/GrpcRuntime against a plain HTTP/2 POST of the same bytes.</summary>
internal sealed class UnaryCallRow : IBenchRow
{
    private static int Rounds => Effort.Of(15, 2);
    private const int CallsARound = 3_000;

    public string Name => "unary-call";

    public string Description =>
        $"""
        One unary gRPC call (GetAppInstance, a response of a few hundred bytes) over src/GrpcRuntime, client and server, one after the other.
        Floor: an HTTP/2 POST of the same request and response bytes, HttpMessageInvoker over SocketsHttpHandler to a Kestrel endpoint
        that reads and writes them. Same process, same kind of listener; {Rounds} rounds of {CallsARound} calls each, taking turns. Allocations are those of both sides.
        """;

    public async Task<IReadOnlyList<Comparison>> MeasureAsync()
    {
        await using var app = await StartAsync();
        var address = BoundAddresses.Of(app).Grpc;
        using var channels = new GrpcChannels();
        var client = new SiteService.SiteServiceClient(channels.For(address));
        var request = new GetAppInstanceRequest { AppInstanceId = Answers.Instance.AppInstance.AppInstanceId };
        using var plain = new PlainPost(address, Frame(request));

        Func<Task> floor = plain.CallAsync;
        Func<Task> subject = async () => await client.GetAppInstanceAsync(request);
        await RoundAsync(floor);
        await RoundAsync(subject);

        var (floors, subjects) = (new List<Cost>(), new List<Cost>());
        for (var round = 0; round < Rounds; round++)
        {
            floors.Add(await RoundAsync(floor));
            subjects.Add(await RoundAsync(subject));
        }

        return
        [
            new("time a call", "µs", new([.. floors.Select(c => c.Microseconds)]), new([.. subjects.Select(c => c.Microseconds)]), 1.3) { Headline = "one unary call, time" },
            new("allocated a call", "B", new([.. floors.Select(c => c.Bytes)]), new([.. subjects.Select(c => c.Bytes)]), 1.3) { Headline = "one unary call, allocations" },
        ];
    }

    private static async Task<Cost> RoundAsync(Func<Task> call)
    {
        var bytes = GC.GetTotalAllocatedBytes(precise: true);
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < CallsARound; i++)
        {
            await call();
        }

        var time = Stopwatch.GetElapsedTime(started);
        return new(time.TotalMicroseconds / CallsARound, (GC.GetTotalAllocatedBytes(precise: true) - bytes) / (double)CallsARound);
    }

    private static async Task<WebApplication> StartAsync()
    {
        var app = MeshHost.CreateBuilder("bench", new ListenOptions(), LogLevel.Critical).Build();
        app.MapGrpcService<Answers>();
        var answer = Frame(Answers.Instance);
        app.MapPost("/plain", async (HttpContext http) =>
        {
            await DrainAsync(http);
            http.Response.ContentType = "application/grpc";
            await http.Response.BodyWriter.WriteAsync(answer);
        });
        await app.StartAsync();
        return app;
    }

    private static async Task DrainAsync(HttpContext http)
    {
        var body = http.Request.BodyReader;
        while (true)
        {
            var read = await body.ReadAsync();
            body.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                return;
            }
        }
    }

    /// <summary>The bytes that gRPC puts on the wire for a message: five of frame, then the message.</summary>
    private static byte[] Frame(IMessage message)
    {
        var frame = new byte[5 + message.CalculateSize()];
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), frame.Length - 5);
        message.WriteTo(frame.AsSpan(5));
        return frame;
    }

    private sealed record Cost(double Microseconds, double Bytes);

    private sealed class PlainPost(string address, byte[] body) : IDisposable
    {
        private readonly HttpMessageInvoker invoker = new(new SocketsHttpHandler());
        private readonly Uri uri = new(address + "/plain");

        public async Task CallAsync()
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, uri)
            {
                Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact, Content = new ByteArrayContent(body),
            };
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
            using var response = await invoker.SendAsync(request, CancellationToken.None);
            await using var stream = await response.Content.ReadAsStreamAsync();
            var buffer = ArrayPool<byte>.Shared.Rent(4096);
            while (await stream.ReadAsync(buffer) > 0)
            {
            }

            ArrayPool<byte>.Shared.Return(buffer);
        }

        public void Dispose() => invoker.Dispose();
    }

    private sealed class Answers : SiteService.SiteServiceBase
    {
        public static GetAppInstanceResponse Instance { get; } = new()
        {
            AppInstance = new AppInstance
            {
                AppInstanceId = "0190b8a2-5c0d-7c9e-8f00-3c5a6b7d8e9f", Generation = 3, ObservedGeneration = 3, HostId = "edge-a-1", Phase = AppInstance.Types.Phase.Steady,
                Conditions =
                {
                    new Common.V1.Condition { Type = "Allocated", Status = Common.V1.Condition.Types.Status.True, Reason = "ALLOCATED", Message = "The compute exists." },
                    new Common.V1.Condition { Type = "Running", Status = Common.V1.Condition.Types.Status.True, Reason = "RUNNING", Message = "The application runs." },
                },
            },
        };

        public override Task<GetAppInstanceResponse> GetAppInstance(GetAppInstanceRequest request, ServerCallContext context) => Task.FromResult(Instance);
    }
}
