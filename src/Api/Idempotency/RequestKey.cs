using Connect.Api.Application;

namespace Connect.Api.Idempotency;

/// <summary>
/// What the ids of a request's commands are made from: its idempotency key and the digest of its content. Without a key each request is a new one.
/// </summary>
/// <param name="Key">The caller's key, or a fresh id.</param>
/// <param name="Fingerprint">Digest of the request's content.</param>
internal sealed record RequestKey(string Key, string Fingerprint)
{
    /// <summary>Reads the key that the filter left on the request, or makes a fresh one.</summary>
    public static RequestKey Of(HttpContext context) =>
        context.Features.Get<RequestKey>() ?? new(context.RequestServices.GetRequiredService<IIds>().New(), "");

    /// <summary>The id of what this request makes on the account: the same when it is repeated, another one when its content is another.</summary>
    public string NewId(string accountId, string operation) => DerivedIds.Id(accountId, operation, Key, Fingerprint);

    /// <summary>The operation id of the command that this request gives.</summary>
    public string OperationId(string operation) => DerivedIds.OperationId(operation, Key);
}
