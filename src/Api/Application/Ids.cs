using System.Security.Cryptography;
using System.Text;

namespace Connect.Api.Application;

/// <summary>Makes the ids that this host hands out.</summary>
public interface IIds
{
    /// <summary>A new id: 24 lower-case hexadecimal digits that nobody can guess.</summary>
    string New();
}

/// <summary>Ids from the system's secure random numbers.</summary>
public sealed class RandomIds : IIds
{
    /// <inheritdoc/>
    public string New() => RandomNumberGenerator.GetHexString(24, lowercase: true);
}

/// <summary>Ids that follow from an idempotency key, so that repeating a request names the same thing again.</summary>
public static class DerivedIds
{
    private const int LongestKept = 120;

    /// <summary>The operation id of a command: readable while the key is short, a digest of it otherwise.</summary>
    public static string OperationId(string operation, string key) =>
        $"{operation}:{(key.Length <= LongestKept ? key : Digest(key))}";

    /// <summary>An id of 24 hexadecimal digits made from the parts.</summary>
    public static string Id(params ReadOnlySpan<string> parts) => Digest(string.Join('\n', parts))[..24];

    private static string Digest(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
