using Connect.Idempotency;

namespace Connect.Grains.Idempotency;

/// <summary>What is kept of an idempotency key: the content it belongs to and the answer it got. Absent until there is an answer.</summary>
[GenerateSerializer, Alias("connect.idempotency.state")]
public sealed record IdempotencyState
{
    /// <summary>Digest of the request's content.</summary>
    [Id(0)] public string Fingerprint { get; init; } = "";

    /// <summary>The answer.</summary>
    [Id(1)] public StoredAnswer? Answer { get; init; }
}
