package hangar

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

// interruption tells a second SIGINT from every other word to stop.
type interruption struct {
	twice <-chan struct{}
	stop  func()
}

// listenForStop makes SIGTERM, SIGINT and the end of ctx begin the drain, and let Run return once it is over. More
// of them change nothing, so that nobody cuts a drain short by asking twice; only a second SIGINT does.
func (a *App) listenForStop(ctx context.Context) interruption {
	arriving, forget := a.options.Stop, func() {}
	if arriving == nil {
		received := make(chan os.Signal, 4)
		signal.Notify(received, syscall.SIGTERM, syscall.SIGINT)
		arriving, forget = received, func() { signal.Stop(received) }
	}
	twice := newOnceSignal()
	listening, cancel := context.WithCancel(context.Background())
	over := background(func() {
		interrupts, done := 0, ctx.Done()
		for {
			select {
			case received, isOpen := <-arriving:
				if !isOpen {
					arriving = nil
					a.terminate("Options.Stop closed")
					continue
				}
				if received == os.Interrupt {
					interrupts++
				}
				if interrupts > 1 {
					twice.set()
				}
				a.log.Info("signal received", "signal", received.String())
				a.terminate(received.String())
			case <-done:
				done = nil
				a.terminate("context ended")
			case <-listening.Done():
				return
			}
		}
	})
	return interruption{twice: twice.C, stop: func() {
		forget()
		cancel()
		<-over
	}}
}

func (a *App) terminate(reason string) {
	a.Drain(reason)
	a.terminated.set()
}
