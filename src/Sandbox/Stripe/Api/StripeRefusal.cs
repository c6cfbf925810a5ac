namespace Connect.Sandbox.Stripe;

/// <summary>A request that is refused: ends its work, undoes what it wrote, and becomes the answer.</summary>
internal sealed class StripeRefusal(int status, StripeError error) : Exception(error.Message)
{
    /// <summary>HTTP status.</summary>
    public int Status { get; } = status;

    /// <summary>The body.</summary>
    public StripeError Error { get; } = error;

    /// <summary>400, the request itself is wrong.</summary>
    public static StripeRefusal Invalid(string? code, string message, string? param = null) =>
        new(400, new StripeError { Type = "invalid_request_error", Code = code, Message = message, Param = param });

    /// <summary>404, there is no such object.</summary>
    /// <param name="kind">Stripe's name of the kind.</param>
    /// <param name="id">The id that was asked for.</param>
    /// <param name="param">The parameter that held the id.</param>
    public static StripeRefusal Missing(string kind, string id, string param) =>
        new(404, new StripeError { Type = "invalid_request_error", Code = "resource_missing", Message = $"No such {kind}: '{id}'", Param = param });

    /// <summary>404, there is no such URL.</summary>
    public static StripeRefusal UnknownUrl(string method, string path) =>
        new(404, new StripeError { Type = "invalid_request_error", Message = $"Unrecognized request URL ({method}: {path})." });

    /// <summary>401, no usable key.</summary>
    public static StripeRefusal Unauthorized(string message) => new(401, new StripeError { Type = "invalid_request_error", Message = message });

    /// <summary>402, the card is refused, and nothing was kept of the attempt.</summary>
    public static StripeRefusal Card(Decline decline, StripePaymentMethod? method = null, string? param = null) =>
        new(402, Attempt.ErrorOf(decline, method) with { Param = param });

    /// <summary>400, the setup intent is past what was asked of it; the answer shows how it stands.</summary>
    public static StripeRefusal UnexpectedState(StripeSetupIntent setup, string message) => new(400, new StripeError
    {
        Type = "invalid_request_error",
        Code = "setup_intent_unexpected_state",
        Message = message,
        SetupIntent = setup.Render(),
    });

    /// <summary>400, the intent is past what was asked of it; the answer shows how it stands.</summary>
    public static StripeRefusal UnexpectedState(StripePaymentIntent intent, string message) => new(400, new StripeError
    {
        Type = "invalid_request_error",
        Code = "payment_intent_unexpected_state",
        Message = message,
        PaymentIntent = intent.Render(),
    });
}
