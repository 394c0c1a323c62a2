using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.Core;
using Grpc.Reflection;
using Grpc.Reflection.V1;

namespace Mano.GrpcRuntime.Reflection;

/// <summary>Answers the questions of server reflection. The two versions have the same bytes, so there is one set of answers.</summary>
internal sealed class ReflectionAnswers
{
    private readonly string[] _services;
    private readonly SymbolRegistry _symbols;

    public ReflectionAnswers(IEnumerable<ServiceDescriptor> services)
    {
        var known = services.DistinctBy(service => service.FullName).OrderBy(service => service.FullName, StringComparer.Ordinal).ToArray();
        _services = [.. known.Select(service => service.FullName)];
        _symbols = SymbolRegistry.FromFiles(known.Select(service => service.File));
    }

    public ServerReflectionResponse Answer(ServerReflectionRequest question)
    {
        var answer = new ServerReflectionResponse { ValidHost = question.Host, OriginalRequest = question };
        switch (question.MessageRequestCase)
        {
            case ServerReflectionRequest.MessageRequestOneofCase.FileByFilename:
                Files(answer, _symbols.FileByName(question.FileByFilename), $"File '{question.FileByFilename}'");
                break;
            case ServerReflectionRequest.MessageRequestOneofCase.FileContainingSymbol:
                Files(answer, _symbols.FileContainingSymbol(question.FileContainingSymbol), $"Symbol '{question.FileContainingSymbol}'");
                break;
            case ServerReflectionRequest.MessageRequestOneofCase.FileContainingExtension:
                var asked = question.FileContainingExtension;
                Files(answer, _symbols.FileContainingExtension(asked.ContainingType, asked.ExtensionNumber), $"Extension {asked.ExtensionNumber} of '{asked.ContainingType}'");
                break;
            case ServerReflectionRequest.MessageRequestOneofCase.AllExtensionNumbersOfType:
                Extensions(answer, question.AllExtensionNumbersOfType);
                break;
            case ServerReflectionRequest.MessageRequestOneofCase.ListServices:
                answer.ListServicesResponse = new ListServiceResponse { Service = { _services.Select(name => new ServiceResponse { Name = name }) } };
                break;
            default:
                answer.ErrorResponse = Error(StatusCode.Unimplemented, "The request asks nothing that this server knows.");
                break;
        }

        return answer;
    }

    private void Extensions(ServerReflectionResponse answer, string type)
    {
        if (_symbols.ExtensionNumbersOf(type) is { } numbers)
        {
            answer.AllExtensionNumbersResponse = new ExtensionNumberResponse { BaseTypeName = type, ExtensionNumber = { numbers } };
        }
        else
        {
            answer.ErrorResponse = Error(StatusCode.NotFound, $"Type '{type}' is not known to this server.");
        }
    }

    private static void Files(ServerReflectionResponse answer, FileDescriptor? file, string what)
    {
        if (file is null)
        {
            answer.ErrorResponse = Error(StatusCode.NotFound, $"{what} is not known to this server.");
            return;
        }

        var files = new Dictionary<string, ByteString>(StringComparer.Ordinal);
        Collect(file, files);
        answer.FileDescriptorResponse = new FileDescriptorResponse { FileDescriptorProto = { files.Values } };
    }

    private static void Collect(FileDescriptor file, Dictionary<string, ByteString> files)
    {
        if (files.TryAdd(file.Name, file.SerializedData))
        {
            foreach (var import in file.Dependencies)
            {
                Collect(import, files);
            }
        }
    }

    private static ErrorResponse Error(StatusCode code, string message) => new() { ErrorCode = (int)code, ErrorMessage = message };
}
