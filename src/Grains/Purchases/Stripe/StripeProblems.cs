using System.Net;
using Connect.Grains.Purchases.Engine;
using global::Stripe;

namespace Connect.Grains.Purchases.Stripe;

/// <summary>The one place that says what an unsuccessful call to Stripe means.</summary>
public static class StripeProblems
{
    private const string Replayed = "Idempotent-Replayed";

    /// <summary>What the exception of a call means. Whatever is not a definite no counts as technical: it may have been executed.</summary>
    public static StripeProblem Of(Exception exception)
    {
        if (exception is not StripeException { StripeError: { } error } stripe)
        {
            var answered = exception as StripeException;
            return new() { Kind = ProblemKind.Technical, KeySpent = IsReplay(answered), Message = $"{exception.GetType().Name}: {exception.Message}" };
        }

        var kind = stripe.HttpStatusCode switch
        {
            HttpStatusCode.PaymentRequired => ProblemKind.Declined,

            // Our key is wrong or may not do this: an operator's doing, and nothing was executed. It ends when the key is right again.
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => ProblemKind.Technical,
            HttpStatusCode.Conflict or HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout => ProblemKind.Technical,
            >= HttpStatusCode.BadRequest and < HttpStatusCode.InternalServerError => ProblemKind.Refused,
            _ => ProblemKind.Technical,
        };
        return new()
        {
            Kind = kind,
            Code = error.Code ?? error.Type,
            DeclineCode = error.DeclineCode,
            Parameter = error.Param,
            KeySpent = error.Type == "idempotency_error" ? kind == ProblemKind.Refused : kind == ProblemKind.Technical && IsReplay(stripe),
            Message = $"{(int)stripe.HttpStatusCode} {error.Type} {error.Code}: {error.Message}",
        };
    }

    // Only a stored answer is replayed; 409 and 429 never are, so a replay of a technical error is a 5xx that stays the key's answer.
    private static bool IsReplay(StripeException? exception) =>
        exception?.StripeResponse?.Headers?.TryGetValues(Replayed, out var values) == true && values.Contains("true", StringComparer.OrdinalIgnoreCase);
}
