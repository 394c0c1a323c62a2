using System.Reflection;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Microsoft.AspNetCore.Routing;

namespace Mano.GrpcRuntime.Reflection;

/// <summary>Server reflection, v1.</summary>
internal sealed class ReflectionV1Service(MappedServices services) : Grpc.Reflection.V1.ServerReflection.ServerReflectionBase
{
    public override async Task ServerReflectionInfo(
        IAsyncStreamReader<Grpc.Reflection.V1.ServerReflectionRequest> requestStream,
        IServerStreamWriter<Grpc.Reflection.V1.ServerReflectionResponse> responseStream,
        ServerCallContext context)
    {
        while (await requestStream.MoveNext(context.CancellationToken))
        {
            await responseStream.WriteAsync(services.Answers.Answer(requestStream.Current));
        }
    }
}

/// <summary>Server reflection, v1alpha, which older tools speak: the same messages under another name.</summary>
internal sealed class ReflectionV1AlphaService(MappedServices services) : Grpc.Reflection.V1Alpha.ServerReflection.ServerReflectionBase
{
    public override async Task ServerReflectionInfo(
        IAsyncStreamReader<Grpc.Reflection.V1Alpha.ServerReflectionRequest> requestStream,
        IServerStreamWriter<Grpc.Reflection.V1Alpha.ServerReflectionResponse> responseStream,
        ServerCallContext context)
    {
        while (await requestStream.MoveNext(context.CancellationToken))
        {
            var question = Grpc.Reflection.V1.ServerReflectionRequest.Parser.ParseFrom(requestStream.Current.ToByteString());
            var answer = services.Answers.Answer(question);
            await responseStream.WriteAsync(Grpc.Reflection.V1Alpha.ServerReflectionResponse.Parser.ParseFrom(answer.ToByteString()));
        }
    }
}

/// <summary>The gRPC services that are mapped in this application, found once, when the first question comes.</summary>
internal sealed class MappedServices(EndpointDataSource endpoints)
{
    private readonly Lazy<ReflectionAnswers> _answers = new(() => new ReflectionAnswers(Find(endpoints)));

    public ReflectionAnswers Answers => _answers.Value;

    private static IEnumerable<ServiceDescriptor> Find(EndpointDataSource endpoints) => endpoints.Endpoints
        .Select(endpoint => endpoint.Metadata.GetMetadata<GrpcMethodMetadata>()?.ServiceType)
        .OfType<Type>()
        .Distinct()
        .Select(DescriptorOf)
        .OfType<ServiceDescriptor>();

    private static ServiceDescriptor? DescriptorOf(Type service)
    {
        for (var type = service; type is not null; type = type.BaseType)
        {
            if (type.GetCustomAttribute<BindServiceMethodAttribute>(inherit: false) is { } bind)
            {
                return bind.BindType.GetProperty("Descriptor", BindingFlags.Public | BindingFlags.Static)?.GetValue(null) as ServiceDescriptor;
            }
        }

        return null;
    }
}
