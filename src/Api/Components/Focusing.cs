using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace Connect.Api.Components;

/// <summary>
/// Moves the focus to what may be gone by the time the browser hears of it: over a slow line the page has been changed again by then, and what is not there needs no focus. Without this the whole page
/// would end with an error.
/// </summary>
internal static class Focusing
{
    /// <summary>Moves the focus into an element, if it is there.</summary>
    public static Task TryFocus(this ElementReference element) => element.Context is null ? Task.CompletedTask : Try(element.FocusAsync());

    /// <summary>Waits for the focus to move, if what is to have it is there.</summary>
    public static async Task Try(ValueTask focus)
    {
        try
        {
            await focus;
        }
        catch (Exception error) when (error is JSException or JSDisconnectedException or OperationCanceledException)
        {
        }
    }
}
