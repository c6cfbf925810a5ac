namespace Connect.Api.Idempotency;

/// <summary>Marks an endpoint as idempotent by key; read by <see cref="IdempotencyFilter"/> and by the OpenAPI document.</summary>
/// <param name="Operation">Scope of its keys within an account.</param>
/// <param name="Required">Whether a request without a key is refused: so where credits or money move.</param>
/// <param name="KeptByCommand">Whether the command behind it keeps the answer of a key itself, so that it is not kept a second time.</param>
internal sealed record IdempotentEndpoint(string Operation, bool Required, bool KeptByCommand = false);

/// <summary>Puts endpoints under the idempotency filter.</summary>
internal static class IdempotentExtensions
{
    /// <summary>The endpoint moves credits or money: a key is required.</summary>
    public static RouteHandlerBuilder RequireIdempotencyKey(this RouteHandlerBuilder builder, string operation) =>
        builder.WithMetadata(new IdempotentEndpoint(operation, Required: true)).AddEndpointFilter<IdempotencyFilter>();

    /// <summary>
    /// The endpoint moves credits: a key is required. The command keeps what came of it by an id made from the key, answers a repeat the same, and tells other content from it; a repeat while the first
    /// request is still running waits for it.
    /// </summary>
    public static RouteHandlerBuilder RequireKeyOfCommand(this RouteHandlerBuilder builder, string operation) =>
        builder.WithMetadata(new IdempotentEndpoint(operation, Required: true, KeptByCommand: true)).AddEndpointFilter<IdempotencyFilter>();

    /// <summary>The endpoint makes something that costs nothing: a key is honoured when it is sent.</summary>
    public static RouteHandlerBuilder HonourIdempotencyKey(this RouteHandlerBuilder builder, string operation) =>
        builder.WithMetadata(new IdempotentEndpoint(operation, Required: false)).AddEndpointFilter<IdempotencyFilter>();

    /// <summary>Keeps the bodies of such requests readable twice: once for the handler, once for the digest of the content.</summary>
    public static IApplicationBuilder UseIdempotencyBuffering(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<IdempotentEndpoint>() is not null && context.Request.Headers.ContainsKey(IdempotencyFilter.Header))
            context.Request.EnableBuffering();
        return next(context);
    });
}
