using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.HealthCheck;
using Mano.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using HealthClient = Grpc.Health.V1.Health.HealthClient;
using static Grpc.Health.V1.HealthCheckResponse.Types;

namespace Mano.GrpcRuntime.Tests;

public sealed class HealthAndReflectionTests
{
    [Fact]
    public async Task Check_runs_the_health_checks_and_refuses_unknown_services()
    {
        var healthy = true;
        await using var server = await ProbeServer.StartAsync(services: services => services.AddGrpcHealthChecks()
            .AddCheck("switch", () => healthy ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy()));
        var client = new HealthClient(server.Channel);
        Assert.Equal(ServingStatus.Serving, (await client.CheckAsync(new HealthCheckRequest())).Status);
        healthy = false;
        Assert.Equal(ServingStatus.NotServing, (await client.CheckAsync(new HealthCheckRequest())).Status);
        var refused = await Assert.ThrowsAsync<RpcException>(async () => await client.CheckAsync(new HealthCheckRequest { Service = "nobody" }));
        Assert.Equal(StatusCode.NotFound, refused.StatusCode);
    }

    [Fact]
    public async Task Watch_tells_the_status_and_its_changes()
    {
        await using var server = await ProbeServer.StartAsync();
        var health = server.Services.GetRequiredService<HealthServiceImpl>();
        using var watch = new HealthClient(server.Channel).Watch(new HealthCheckRequest { Service = "later" });
        foreach (var status in new[] { ServingStatus.ServiceUnknown, ServingStatus.NotServing, ServingStatus.Serving })
        {
            if (status != ServingStatus.ServiceUnknown)
            {
                health.SetStatus("later", status);
            }

            Assert.True(await watch.ResponseStream.MoveNext().Soon());
            Assert.Equal(status, watch.ResponseStream.Current.Status);
        }
    }

    [Fact]
    public async Task Reflection_lists_services_and_gives_a_file_with_its_imports()
    {
        await using var server = await ProbeServer.StartAsync();
        using var call = new Grpc.Reflection.V1.ServerReflection.ServerReflectionClient(server.Channel).ServerReflectionInfo();
        await call.RequestStream.WriteAsync(new Grpc.Reflection.V1.ServerReflectionRequest { ListServices = "*" });
        Assert.True(await call.ResponseStream.MoveNext().Soon());
        var names = call.ResponseStream.Current.ListServicesResponse.Service.Select(s => s.Name).ToArray();
        Assert.Contains("probe.v1.ProbeService", names);
        Assert.Contains("grpc.health.v1.Health", names);

        await call.RequestStream.WriteAsync(new Grpc.Reflection.V1.ServerReflectionRequest { FileContainingSymbol = "probe.v1.ProbeService.Unary" });
        Assert.True(await call.ResponseStream.MoveNext().Soon());
        var file = FileDescriptorProto.Parser.ParseFrom(call.ResponseStream.Current.FileDescriptorResponse.FileDescriptorProto[0]);
        Assert.Equal("probe.proto", file.Name);

        await call.RequestStream.WriteAsync(new Grpc.Reflection.V1.ServerReflectionRequest { FileByFilename = "nothing.proto" });
        Assert.True(await call.ResponseStream.MoveNext().Soon());
        Assert.Equal((int)StatusCode.NotFound, call.ResponseStream.Current.ErrorResponse.ErrorCode);
    }

    [Fact]
    public async Task Reflection_of_the_older_version_answers_the_same()
    {
        await using var server = await ProbeServer.StartAsync();
        using var call = new Grpc.Reflection.V1Alpha.ServerReflection.ServerReflectionClient(server.Channel).ServerReflectionInfo();
        await call.RequestStream.WriteAsync(new Grpc.Reflection.V1Alpha.ServerReflectionRequest { FileContainingSymbol = "probe.v1.ProbeRequest.text" });
        Assert.True(await call.ResponseStream.MoveNext().Soon());
        Assert.Single(call.ResponseStream.Current.FileDescriptorResponse.FileDescriptorProto);
        Assert.Equal("probe.v1.ProbeRequest.text", call.ResponseStream.Current.OriginalRequest.FileContainingSymbol);
    }
}
