using System.Collections.Immutable;

namespace Connect.Idempotency;

/// <summary>
/// One idempotency key of one account and one operation. Key: <c>{accountId}/{operation}/{idempotency key}</c>. An answer that was kept is kept for ever.
/// The claim of a running request lives in memory only: if its silo dies, the next request takes over at once, which is harmless because
/// every command behind it carries an operation id made from the same key.
/// </summary>
[Alias("connect.idempotency.IIdempotencyGrain")]
public interface IIdempotencyGrain : IGrainWithStringKey
{
    /// <summary>Claims the key for a request with that content, or tells how the earlier one stands.</summary>
    [Alias("begin")] Task<IdempotencyClaim> Begin(string fingerprint);

    /// <summary>Keeps the answer of the claimed request, durably. A claim that was taken over keeps nothing.</summary>
    [Alias("complete")] Task Complete(long claim, StoredAnswer answer);

    /// <summary>Gives the claim up: the request changed nothing, so the key is free again.</summary>
    [Alias("release")] Task Release(long claim);
}

/// <summary>How a claim on an idempotency key ended.</summary>
public enum ClaimOutcome
{
    /// <summary>The caller runs the request, then completes or releases the claim.</summary>
    Started,

    /// <summary>The same request was answered before; the answer is in <see cref="IdempotencyClaim.Answer"/>.</summary>
    Answered,

    /// <summary>A request with this key is under way.</summary>
    Running,

    /// <summary>The key belongs to a request with other content.</summary>
    OtherContent,
}

/// <summary>The answer to <see cref="IIdempotencyGrain.Begin"/>.</summary>
[GenerateSerializer, Immutable, Alias("connect.idempotency.claim")]
public sealed record IdempotencyClaim
{
    /// <summary>How it ended.</summary>
    [Id(0)] public required ClaimOutcome Outcome { get; init; }

    /// <summary>Number of the claim, to complete or release it; 0 unless started.</summary>
    [Id(1)] public long Claim { get; init; }

    /// <summary>The kept answer, when answered.</summary>
    [Id(2)] public StoredAnswer? Answer { get; init; }
}

/// <summary>An HTTP answer as it was first given.</summary>
[GenerateSerializer, Immutable, Alias("connect.idempotency.answer")]
public sealed record StoredAnswer
{
    /// <summary>HTTP status code.</summary>
    [Id(0)] public required int Status { get; init; }

    /// <summary>Content type, if there is a body.</summary>
    [Id(1)] public string? ContentType { get; init; }

    /// <summary>The Location header, if there was one.</summary>
    [Id(2)] public string? Location { get; init; }

    /// <summary>The body, byte for byte.</summary>
    [Id(3)] public required ImmutableArray<byte> Body { get; init; }
}
