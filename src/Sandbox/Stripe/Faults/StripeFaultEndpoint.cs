using System.Text.Json;
using System.Text.Json.Serialization;

namespace Connect.Sandbox.Stripe;

/// <summary><c>/faults</c>: shows, sets and clears the faults.</summary>
internal static class StripeFaultEndpoint
{
    /// <summary>What is set now, and how many requests have arrived.</summary>
    public static IResult Show(StripeSandboxFaults faults) =>
        TypedResults.Json(new { rules = faults.Rules, down = faults.Down, requestsReceived = faults.RequestsReceived });

    /// <summary>Adds the rules of the body, and sets <c>down</c> when the body has it; 400 when it makes no sense.</summary>
    public static async Task<IResult> SetAsync(HttpContext context, StripeSandboxFaults faults)
    {
        try
        {
            var change = await context.Request.ReadFromJsonAsync<FaultChange>(context.RequestAborted);
            faults.Add(change?.Rules ?? []);
            faults.Down = change?.Down ?? faults.Down;
            return Show(faults);
        }
        catch (Exception error) when (error is JsonException or ArgumentException or InvalidOperationException)
        {
            return TypedResults.Problem(error.Message, statusCode: StatusCodes.Status400BadRequest, title: "These faults can not be set");
        }
    }

    /// <summary>Clears everything.</summary>
    public static IResult Clear(StripeSandboxFaults faults)
    {
        faults.Clear();
        return Show(faults);
    }

    /// <summary>The body of a change.</summary>
    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    private sealed record FaultChange
    {
        /// <summary>Rules to add.</summary>
        public IReadOnlyList<StripeFault> Rules { get; init; } = [];

        /// <summary>Whether the API is down, or null to leave that alone.</summary>
        public bool? Down { get; init; }
    }
}
