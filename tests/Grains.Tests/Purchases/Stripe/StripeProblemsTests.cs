using System.Net;
using Connect.Grains.Purchases.Engine;
using Connect.Grains.Purchases.Stripe;
using Stripe;

namespace Connect.Grains.Tests.Purchases.StripeCalls;

/// <summary>What each kind of failure of Stripe.net means.</summary>
public sealed class StripeProblemsTests
{
    [Theory]
    [InlineData(402, "card_error", "card_declined", ProblemKind.Declined)]
    [InlineData(400, "invalid_request_error", "payment_intent_unexpected_state", ProblemKind.Refused)]
    [InlineData(404, "invalid_request_error", "resource_missing", ProblemKind.Refused)]
    [InlineData(401, "invalid_request_error", null, ProblemKind.Technical)]
    [InlineData(403, "invalid_request_error", null, ProblemKind.Technical)]
    [InlineData(409, "invalid_request_error", "idempotency_key_in_use", ProblemKind.Technical)]
    [InlineData(429, "invalid_request_error", "lock_timeout", ProblemKind.Technical)]
    [InlineData(500, "api_error", null, ProblemKind.Technical)]
    [InlineData(503, "api_error", null, ProblemKind.Technical)]
    public void An_error_of_Stripe_means_what_its_status_says(int status, string type, string? code, ProblemKind kind)
    {
        var problem = StripeProblems.Of(Error(status, type, code));
        Assert.Equal((kind, code ?? type, false), (problem.Kind, problem.Code, problem.KeySpent));
    }

    [Theory]
    [InlineData(500, "api_error", true)]
    [InlineData(402, "card_error", false)]
    [InlineData(400, "invalid_request_error", false)]
    public void Only_a_replayed_technical_error_spends_its_key(int status, string type, bool spent) =>
        Assert.Equal(spent, StripeProblems.Of(Error(status, type, null, replayed: true)).KeySpent);

    [Fact]
    public void A_key_used_for_something_else_is_spent_without_being_a_decline()
    {
        var problem = StripeProblems.Of(Error(400, "idempotency_error", null));
        Assert.Equal((ProblemKind.Refused, true), (problem.Kind, problem.KeySpent));
    }

    [Fact]
    public void Whatever_is_not_an_answer_of_Stripe_is_unknown()
    {
        Exception[] unknown =
        [
            new StripeException("<html>503</html>"), new TaskCanceledException("timeout"), new HttpRequestException("reset"), new IOException("cut"), new InvalidOperationException("Stripe:ApiKey is not configured."),
        ];
        foreach (var exception in unknown)
            Assert.Equal((ProblemKind.Technical, false, (string?)null), (StripeProblems.Of(exception).Kind, StripeProblems.Of(exception).KeySpent, StripeProblems.Of(exception).Code));
    }

    [Fact]
    public void What_the_bank_said_is_kept()
    {
        var error = Error(402, "card_error", "card_declined");
        error.StripeError.DeclineCode = "insufficient_funds";
        error.StripeError.Param = "payment_method";

        var problem = StripeProblems.Of(error);

        Assert.Equal(("insufficient_funds", "payment_method"), (problem.DeclineCode, problem.Parameter));
    }

    private static StripeException Error(int status, string type, string? code, bool replayed = false)
    {
        using var message = new HttpResponseMessage();
        if (replayed) message.Headers.Add("Idempotent-Replayed", "true");
        return new StripeException((HttpStatusCode)status, new StripeError { Type = type, Code = code }, "no")
        {
            StripeResponse = new StripeResponse((HttpStatusCode)status, message.Headers, ""),
        };
    }
}
