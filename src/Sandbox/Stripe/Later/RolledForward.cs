using System.Text.Json;

namespace Connect.Sandbox.Stripe;

/// <summary>A request that was answered with 500 and is carried out later. What it asks is kept as it was sent, a test card's number included.</summary>
/// <param name="Method">HTTP method.</param>
/// <param name="Path">The path below the prefix.</param>
/// <param name="Form">Query and body.</param>
/// <param name="PageBase">Where the hosted pages are.</param>
/// <param name="RequestId">The request.</param>
/// <param name="IdempotencyKey">Its key, or null.</param>
internal sealed record RolledForward(string Method, string Path, string Form, string PageBase, string RequestId, string? IdempotencyKey)
{
    /// <summary>What is to be kept of a request.</summary>
    public static RolledForward Of(StripeRequest request) =>
        new(request.Method, request.Path, request.Form, request.PageBase, request.Id, request.IdempotencyKey);

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    public static RolledForward Read(string text) => JsonSerializer.Deserialize<RolledForward>(text)!;

    /// <summary>As a text.</summary>
    public string Write() => JsonSerializer.Serialize(this);

    /// <summary>Carries it out. Nobody sees the answer.</summary>
    public void Run(StripeUnit unit, StripeWork work, DateTimeOffset now)
    {
        var call = work.Call(unit, now, StripeParameters.Parse(Form, ""), PageBase, new StripeEventRequest(RequestId, IdempotencyKey));
        StripeRoutes.Run(Method, Path, call);
    }
}
